using Culvert.Identity.Service.Tokens.Binding;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

public sealed class TargetUriTests
{
    [Theory]
    // RFC 3986 §6.2.2.1: case of scheme, host and escapes.
    [InlineData("HTTPS://Identity.Test:8443/v1/Oauth", "https://identity.test:8443/v1/Oauth")]
    [InlineData("https://a/%c3%a9", "https://a/%C3%A9")]
    [InlineData("https://A%c3%a9b/", "https://a%C3%A9b/")]
    // §6.2.2.2: escapes of unreserved characters.
    [InlineData("https://a/%76%31/%7Eme%2d", "https://a/v1/~me-")]
    [InlineData("https://a/a%2Fb", "https://a/a%2Fb")]
    // §6.2.2.3: dot segments.
    [InlineData("https://a/v1/./x/../oauth/token", "https://a/v1/oauth/token")]
    [InlineData("https://a/../../v1", "https://a/v1")]
    [InlineData("https://a/v1/..", "https://a/")]
    [InlineData("https://a/v1/.", "https://a/v1/")]
    [InlineData("https://a/%2e%2E/v1", "https://a/v1")]
    [InlineData("https://a//v1//", "https://a//v1//")]
    // §6.2.3: default port, empty port, empty path.
    [InlineData("https://a:443/x", "https://a/x")]
    [InlineData("https://a:0443/x", "https://a/x")]
    [InlineData("https://a:/x", "https://a/x")]
    [InlineData("http://a:80", "http://a/")]
    [InlineData("https://a", "https://a/")]
    [InlineData("https://[::1]:8443/x", "https://[::1]:8443/x")]
    // RFC 9449 §4.3: query and fragment do not count.
    [InlineData("https://a/x?y=/z#w", "https://a/x")]
    [InlineData("https://a?x", "https://a/")]
    public void TryNormalize_AbsoluteUri_HasOneForm(string uri, string expected)
    {
        TargetUri.TryNormalize(uri, out var normalized).ShouldBeTrue();
        normalized.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/v1/oauth/token")]
    [InlineData("ftp://a/x")]
    [InlineData("https:/a/x")]
    [InlineData("https://")]
    [InlineData("https:///x")]
    [InlineData(" https://a/x")]
    [InlineData("https://a/x ")]
    [InlineData("https://a/x\n")]
    [InlineData("https://a\\x")]
    [InlineData("https://a/x\\y")]
    [InlineData("https://me@a/x")]
    [InlineData("https://me:secret@a/x")]
    [InlineData("https://a:65536/x")]
    [InlineData("https://a:+1/x")]
    [InlineData("https://a/%")]
    [InlineData("https://a/%4")]
    [InlineData("https://a/%zz")]
    [InlineData("https://a/% 1")]
    [InlineData("https://a/é")]
    [InlineData("https://bücher.test/x")]
    [InlineData("https://[::1/x")]
    [InlineData("https://a/x|y")]
    public void TryNormalize_NoUriByTheGrammar_IsRefused(string uri)
    {
        TargetUri.TryNormalize(uri, out _).ShouldBeFalse();
    }
}
