using Culvert.PropertyTesting;
using Culvert.Tunnel.Agent.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a%2fb?c=%00", "/a%2fb?c=%00")]
    [InlineData("https://h/p?q", "/p?q")]
    [InlineData("https://h:1", "/")]
    [InlineData("https://h?q", "/?q")]
    [InlineData("*", null)]
    [InlineData("h:443", null)]
    [InlineData("", null)]
    [InlineData("/a b", null)]
    [InlineData("/\u007f", null)]
    [InlineData("/\u00e9", null)]
    [InlineData("/\r\nX: y", null)]
    [InlineData("://h/x", null)]
    public void TryGetOriginForm_Forms(string raw, string? target)
    {
        RequestTarget.TryGetOriginForm(raw, out var result).ShouldBe(target is not null);
        if (target is not null)
        {
            result.ShouldBe(target);
        }
    }

    [Fact]
    public void TryGetOriginForm_AnyText_GivesAPathOrNothing() =>
        Prop.ForAll<string>(text =>
                !RequestTarget.TryGetOriginForm(text ?? "", out var target)
                || (target[0] == '/' && target.All(c => c is > ' ' and <= '~'))
            )
            .CheckSeeded();
}
