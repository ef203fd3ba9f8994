using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>S35: earlier tokens of an off-boarded person are refused, whatever issuer signed them.</summary>
public sealed class OffBoardedPeopleTests
{
    private static readonly byte[][] Audience = [Encoding.UTF8.GetBytes(OauthFixture.Resource)];

    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new();

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData(0, nameof(TokenError.Revoked))]
    [InlineData(1, nameof(TokenError.Revoked))]
    [InlineData(-1, nameof(TokenError.None))]
    public async Task Validate_TokenOfTheIdentityProvider_IsRefusedIfIssuedByThen(int seconds, string expected) =>
        (await ValidateAsync(OffBoard("alice", Now + seconds))).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("bob", null)]
    [InlineData("alice", "https://other.example.test")]
    public async Task Validate_OtherPersonOrIssuer_IsAccepted(string subject, string? url) =>
        (await ValidateAsync(OffBoard(subject, Now, url))).ShouldBe(TokenError.None);

    [Theory]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("")]
    public async Task Validate_WithoutAMomentOfIssue_IsRefused(string issuedAt)
    {
        var error = await ValidateAsync(
            OffBoard("alice", Now - 1),
            claims =>
            {
                claims.Remove("iat");
                if (issuedAt.Length > 0)
                {
                    claims["iat"] = JsonNode.Parse(issuedAt);
                }
            }
        );

        error.ShouldBe(TokenError.Revoked);
    }

    [Theory]
    [InlineData("fdis_1:alice", nameof(TokenError.Revoked))]
    [InlineData("fdis_2:alice", nameof(TokenError.None))]
    [InlineData("fdis_1:alice:x", nameof(TokenError.None))]
    [InlineData("fdis_1:", nameof(TokenError.None))]
    [InlineData("alice", nameof(TokenError.None))]
    public async Task Validate_PersonInTheSubjectOfTheServicesToken_IsRefused(string subject, string expected) =>
        (await ValidateAsync(OffBoard("alice", Now, "https://idp.example.test"), claims => claims["sub"] = subject))
            .ToString()
            .ShouldBe(expected);

    [Theory]
    [InlineData("fdis_1", "alice", nameof(TokenError.Revoked))]
    [InlineData("fdis_2", "alice", nameof(TokenError.None))]
    [InlineData("fdis_1", "bob", nameof(TokenError.None))]
    public async Task Validate_PersonInTheSourceOfTheServicesToken_IsRefused(
        string issuerId,
        string subject,
        string expected
    ) => (
            await ValidateAsync(
                OffBoard("alice", Now, "https://idp.example.test"),
                claims =>
                {
                    claims["sub"] = "svac_1";
                    claims["src"] = new JsonObject { ["iss"] = issuerId, ["sub"] = Hash(subject) };
                }
            )
        ).ToString().ShouldBe(expected);

    [Fact]
    public void From_NoPeople_IsNone()
    {
        OffBoardedPeople.From([]).ShouldBeSameAs(OffBoardedPeople.None);
        OffBoardedPeople.From(null).ShouldBeSameAs(OffBoardedPeople.None);
    }

    [Fact]
    public async Task Validate_SamePersonTwice_IsRefusedByTheLaterMoment() =>
        (await ValidateAsync(OffBoardedPeople.From([Person("alice", Now), Person("alice", Now - 60)]))).ShouldBe(
            TokenError.Revoked
        );

    private async Task<TokenError> ValidateAsync(OffBoardedPeople people, Action<JsonObject>? change = null)
    {
        var keys = OauthFixture.KeysOf(issuer, time);
        keys.OffBoarded = people;
        var token = issuer.Token(OauthFixture.Resource, time.GetUtcNow(), change);
        var verdict = await new TokenValidator([keys], time).ValidateAsync(
            token,
            Audience,
            TestContext.Current.CancellationToken
        );
        return verdict.Error;
    }

    private OffBoardedPeople OffBoard(string subject, long moment, string? url = null) =>
        OffBoardedPeople.From([Person(subject, moment, url)]);

    private AgentFeedOffBoarding Person(string subject, long moment, string? url = null) =>
        new(Issuer: url ?? issuer.Url, IssuerId: "fdis_1", SubjectHash: Hash(subject), IssuedBefore: moment);

    private static string Hash(string subject) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
}
