"""Quizzes, practical exercises, rubrics and their marking."""
