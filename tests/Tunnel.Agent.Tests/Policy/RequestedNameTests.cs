using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Mcp;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>Other spellings of a name are allowed by a rule with exactly that text, and by no pattern or default.</summary>
public sealed class RequestedNameTests
{
    [Fact]
    public void Tool_EachSpellingOfADeniedName_IsAllowedByNoPatternAndNoDefault()
    {
        var byDefault = Compile(Settings(Deny("d", "drop_database")) with { Default = PolicyEffect.Allow });
        var byPattern = Compile(Allow("a", "*"), Deny("d", "drop_database"));
        foreach (
            var name in LookAlikeNames
                .Dropped.SelectMany(c => new[] { c + "drop_database", "drop" + c + "_database", "drop_database" + c })
                .Where(name => name.Any(c => c is < '!' or > '~'))
                .Append("drop_datab\u0430se")
        )
        {
            byDefault.Calls(name).ShouldBeFalse(name);
            byPattern.Calls(name).ShouldBeFalse(name);
            byPattern.Decide(TargetKind.Prompt, name, McpMethods.GetPrompt, default).IsAllowed.ShouldBeFalse(name);
            Compile(Allow("a", name)).Calls(name).ShouldBeTrue(name);
        }
    }

    [Theory]
    [InlineData("tools/call\0")]
    [InlineData(" tools/call")]
    [InlineData("Tools/Call")]
    [InlineData("tools/c\u0430ll")]
    [InlineData("resources/Read")]
    [InlineData("TASKS/get")]
    [InlineData("sampling/createmessage")]
    public void Method_SpellingOfAKnownOne_IsAllowedByNoPatternAndNoDefault(string method)
    {
        var all = new PolicyRule
        {
            Name = "m",
            Effect = PolicyEffect.Allow,
            Methods = ["*"],
        };

        Compile(Settings() with { Default = PolicyEffect.Allow }).Decide(method, default).IsAllowed.ShouldBeFalse();
        Compile(all).Decide(method, default).IsAllowed.ShouldBeFalse();
        Compile(all with { Methods = [method] }).Decide(method, default).IsAllowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("acme/custom")]
    [InlineData("logging/setLevel")]
    [InlineData("acme/toolsCall")]
    public void Method_OfItsOwn_IsAllowedByTheDefault(string method) =>
        Compile(Settings() with { Default = PolicyEffect.Allow }).Decide(method, default).IsAllowed.ShouldBeTrue();

    // RFC 3986 §6, RFC 8089 and its appendix E, and what servers make of them.
    [Theory]
    [InlineData("file:/etc/shadow")]
    [InlineData("file:etc/shadow")]
    [InlineData("file://localhost/etc/shadow")]
    [InlineData("file://host/etc/shadow")]
    [InlineData("file://user@/etc/shadow")]
    [InlineData("file:////etc/shadow")]
    [InlineData("file:///etc//shadow")]
    [InlineData("file:///etc/shadow/")]
    [InlineData("file:///etc/shadow?")]
    [InlineData("file:///etc/shadow?x")]
    [InlineData("file:///etc/shadow#x")]
    [InlineData("file:///etc/shadow#")]
    [InlineData("file:///c|/windows")]
    [InlineData("file:///etc/...")]
    [InlineData("file:///etc/..;/shadow")]
    [InlineData("file:///etc/.;a/shadow")]
    [InlineData("file:///etc/%2E/shadow")]
    [InlineData("file:///etc/shado%77")]
    [InlineData("file:///etc/%00")]
    [InlineData("file:///etc/%0A")]
    [InlineData("file:///etc/%252e")]
    [InlineData("file:///etc/%c3%a9")]
    [InlineData("file:///etc/\u00E9")]
    [InlineData("file:///etc/\u200Bshadow")]
    [InlineData("File:///etc/shadow")]
    [InlineData("/etc/shadow")]
    [InlineData("etc/shadow")]
    [InlineData(":etc")]
    [InlineData("1a:b")]
    [InlineData("http://h")]
    [InlineData("http://h:80/a")]
    [InlineData("https://h:443/a")]
    [InlineData("http://h:/a")]
    [InlineData("http://h:0081/a")]
    [InlineData("http://h./a")]
    [InlineData("http:///a")]
    [InlineData("http:/h/a")]
    [InlineData("http:h")]
    [InlineData("http://u@h/a")]
    [InlineData("http://H/a")]
    [InlineData("http://h/a?")]
    [InlineData("http://h?a")]
    [InlineData("db://u@h/a")]
    [InlineData("db://h:/a")]
    public void Uri_WithAnotherSpelling_IsAllowedByNoPatternAndNoDefault(string uri)
    {
        var all = new PolicyRule
        {
            Name = "r",
            Effect = PolicyEffect.Allow,
            Resources = ["*"],
        };

        Compile(Settings() with { Default = PolicyEffect.Allow }).Reads(uri).ShouldBeFalse();
        Compile(all).Reads(uri).ShouldBeFalse();
        Compile(all with { Resources = [uri] }).Reads(uri).ShouldBeTrue();
        Compile(all with { Resources = [uri] }, all with { Name = "d", Effect = PolicyEffect.Deny })
            .Reads(uri)
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("file:///etc/hosts")]
    [InlineData("file:///docs/a%20b;v=1.txt")]
    [InlineData("file:///docs/{path}")]
    [InlineData("file:///docs/%C3%A9")]
    [InlineData("file:///docs/.hidden..x")]
    [InlineData("http://h/")]
    [InlineData("https://h:8443/a?b=c")]
    [InlineData("https://[2001:db8::1]/a")]
    [InlineData("https://[2001:db8::1]:8443/a")]
    [InlineData("db://orders/1")]
    [InlineData("db://orders")]
    [InlineData("urn:isbn:0451450523")]
    [InlineData("a:b")]
    public void Uri_WithOneSpelling_IsAllowedByPatternAndDefault(string uri)
    {
        Compile(Settings() with { Default = PolicyEffect.Allow }).Reads(uri).ShouldBeTrue();
        Compile(
                new PolicyRule
                {
                    Name = "r",
                    Effect = PolicyEffect.Allow,
                    Resources = ["*"],
                }
            )
            .Reads(uri)
            .ShouldBeTrue();
    }
}
