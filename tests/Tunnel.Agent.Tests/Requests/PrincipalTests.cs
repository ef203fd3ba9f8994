using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class PrincipalTests
{
    [Theory]
    [InlineData("https://a.test", "alice", "other", true)]
    [InlineData("https://a.test", "alice", "", true)]
    [InlineData("https://a.test", "bob", "client", false)]
    [InlineData("https://b.test", "alice", "client", false)]
    public void Person_IsIssuerAndSubject(string issuer, string subject, string client, bool isSame) =>
        (Of(issuer, subject, client).Person == Of("https://a.test", "alice", "client").Person).ShouldBe(isSame);

    [Theory]
    [InlineData("batch", true)]
    [InlineData("other", false)]
    public void Person_OfATokenWithoutSubject_IsItsClient(string client, bool isSame) =>
        (Of("https://a.test", "", client).Person == Of("https://a.test", "", "batch").Person).ShouldBe(isSame);

    [Fact]
    public void Person_WhoseSubjectIsAClientId_IsNotThatClient() =>
        Of("https://a.test", "batch", "").Person.ShouldNotBe(Of("https://a.test", "", "batch").Person);

    private static Principal Of(string issuer, string subject, string client) =>
        new()
        {
            Issuer = issuer,
            Subject = subject,
            ClientId = client,
            Scopes = [],
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
}
