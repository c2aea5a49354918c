"""Settings: what is missing or weak stops the start and is named."""

import pytest

from lms.settings import Settings, SettingsError

SAFE = {"LMS_ENVIRONMENT": "production", "BASE_URL": "https://hoc.example.vn"}


@pytest.fixture
def environ(tmp_path):
    return {"LMS_INSTANCE": str(tmp_path)}


def test_nothing_needs_to_be_set_to_begin(environ):
    settings = Settings.from_environ(environ)

    assert settings.environment == "development"
    assert settings.database_url.startswith("sqlite:///")
    assert len(settings.secret_key) >= 32


def test_the_keys_are_made_once_and_kept_from_others(environ, tmp_path):
    first, second = Settings.from_environ(environ), Settings.from_environ(environ)

    assert (first.secret_key, first.identity_key) == (second.secret_key, second.identity_key)
    assert first.secret_key != first.identity_key
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "keys").iterdir())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"LMS_ENVIRONMENT": "prod"}, "LMS_ENVIRONMENT"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"BASE_URL": "ftp://x"}, "BASE_URL"),
        ({"LMS_THREADS": "0"}, "LMS_THREADS"),
        ({**SAFE, "BASE_URL": "http://hoc.example.vn"}, "BASE_URL"),
        ({"LMS_ENVIRONMENT": "production"}, "BASE_URL"),
        ({**SAFE, "SECRET_KEY": "secret"}, "SECRET_KEY"),
        ({**SAFE, "SECRET_KEY": "a" * 64}, "SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_named(environ, change, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_environ({**environ, **change})


def test_production_starts_with_what_it_needs(environ):
    assert (
        Settings.from_environ({**environ, **SAFE, "SECRET_KEY": "Zk3v9Qp1Xw7Lr5Tn8Bd2Hc6Mf4Jg0Sa9"}).environment
        == "production"
    )


def test_production_refuses_keys_that_others_can_read(environ, tmp_path):
    Settings.from_environ({**environ, **SAFE})
    key = tmp_path / "keys" / "identity"
    (tmp_path / "keys" / "certificate-x.pub.pem").write_text("public")
    key.chmod(0o644)

    with pytest.raises(SettingsError, match="identity"):
        Settings.from_environ({**environ, **SAFE})
    key.chmod(0o600)
    assert Settings.from_environ({**environ, **SAFE}).environment == "production"
