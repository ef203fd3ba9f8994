using System.Text.Json;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>Which claims become session tags, and which do not.</summary>
public sealed class SessionTagsTests
{
    private static readonly KeyValuePair<string, string>[] Settings = [new("user", "sub"), new("team", "department")];

    [Theory]
    [InlineData("""{"department":"sales"}""", "sales")]
    [InlineData("""{"department":7}""", "7")]
    [InlineData("""{"department":"Vertrieb Süd_1:/=+-@."}""", "Vertrieb Süd_1:/=+-@.")]
    public void Read_ClaimWithOneValue_IsTheTag(string claims, string value)
    {
        var tags = Read(claims);

        tags.Problem.ShouldBe("");
        tags.Values.ShouldBe([new("user", "alice"), new("team", value)]);
    }

    [Theory]
    [InlineData("{}", "The caller's token has no claim department, which is the session tag team.")]
    [InlineData("""{"department":""}""", "The caller's token has no claim department, which is the session tag team.")]
    [InlineData(
        """{"department":["a","b"]}""",
        "The caller's claim department is a list, and the session tag team has one value."
    )]
    [InlineData(
        """{"department":"a;b"}""",
        "The caller's claim department has a length or characters that no session tag of AWS has."
    )]
    [InlineData(
        """{"department":"a\u0000b"}""",
        "The caller's claim department has a length or characters that no session tag of AWS has."
    )]
    public void Read_ClaimThatIsNoTag_IsTheProblem(string claims, string problem)
    {
        var tags = Read(claims);

        tags.Problem.ShouldBe(problem);
        tags.Values.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(256, "")]
    [InlineData(257, "The caller's claim department has a length or characters that no session tag of AWS has.")]
    public void Read_LongClaim_IsATagUpToTheBound(int length, string problem) =>
        Read($$"""{"department":"{{new string('a', length)}}"}""").Problem.ShouldBe(problem);

    [Fact]
    public void Read_WithoutCaller_IsTheProblem() =>
        SessionTags
            .Read(Settings, null)
            .Problem.ShouldBe("The route's session tags need a caller, and the agent has checked none.");

    [Theory]
    [InlineData("docs", "sales", "culvert-docs-alice-sales")]
    [InlineData("@", "Süd 1/2", "culvert-@-alice-S-d-1-2")]
    [InlineData(
        "a-route-with-a-name-that-is-long",
        "a-team-with-a-name-that-is-long-too",
        "culvert-a-route-with-a-name-that-alice-a-team-with-a-name-that-is"
    )]
    public void NameSession_OfRouteAndCaller_HasWhatAwsAllows(string route, string team, string name)
    {
        var named = Read($$"""{"department":"{{team}}"}""").NameSession(route);

        named.ShouldBe(name[..Math.Min(name.Length, 64)]);
    }

    [Theory]
    [InlineData("team", true)]
    [InlineData("aws:team", false)]
    [InlineData("AWS:team", false)]
    [InlineData("te;am", false)]
    [InlineData("", false)]
    public void IsKey_OfATag_IsDecidedByItsCharacters(string key, bool expected) =>
        SessionTags.IsKey(key).ShouldBe(expected);

    private static SessionTags Read(string claims)
    {
        using var document = JsonDocument.Parse(claims);
        return SessionTags.Read(
            Settings,
            new Principal
            {
                Issuer = "https://login.example.test",
                Subject = "alice",
                ClientId = "client-1",
                Scopes = [],
                EndsAt = DateTimeOffset.MaxValue,
                KeyThumbprint = null,
                Claims = PrincipalClaims.Create("alice", "client-1", document.RootElement),
            }
        );
    }
}
