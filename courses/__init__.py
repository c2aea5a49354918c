"""What is taught: the training set, training classes, enrolment and progress."""
