using Culvert.Identity.Service.OAuthClients;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

public sealed class ClientDocumentUrlsTests
{
    [Theory]
    [InlineData("https://client.example.com/metadata.json", "client.example.com")]
    [InlineData("https://client.example.com/", "client.example.com")]
    [InlineData("https://client.example.com:8443/m?v=1", "client.example.com")]
    [InlineData("https://client.example.com", null)]
    [InlineData("https://client.example.com?x=/y", null)]
    [InlineData("http://client.example.com/m", null)]
    [InlineData("https://client.example.com/m#x", null)]
    [InlineData("https://user@client.example.com/m", null)]
    [InlineData("https://client.example.com/../m", null)]
    [InlineData("https://client.example.com/./m", null)]
    [InlineData("https://client.example.com/%2e%2e/m", null)]
    [InlineData("https://192.0.2.1/m", null)]
    [InlineData("https://[::1]/m", null)]
    [InlineData("https://localhost/m", null)]
    [InlineData("https://Client.example.com/m", null)]
    [InlineData("https://client.example.com\\.evil.example/m", null)]
    public void FindHost_ClientId_MustHaveTheExactForm(string clientId, string? host) =>
        ClientDocumentUrls.FindHost(clientId).ShouldBe(host);

    [Theory]
    [InlineData(ClientDocumentUrls.MaxCharacters, true)]
    [InlineData(ClientDocumentUrls.MaxCharacters + 1, false)]
    public void FindHost_Length_IsBounded(int length, bool isPermitted) =>
        (ClientDocumentUrls.FindHost("https://client.example.com/".PadRight(length, 'a')) is not null).ShouldBe(
            isPermitted
        );

    [Theory]
    [InlineData("*", "client.example.com", true)]
    [InlineData("client.example.com", "client.example.com", true)]
    [InlineData("example.com", "client.example.com", false)]
    [InlineData("*.example.com", "client.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "evilexample.com", false)]
    [InlineData("*.example.com", "example.com.evil.example", false)]
    public void IsAllowed_Host_MustMatchAPattern(string pattern, string host, bool isAllowed) =>
        ClientDocumentUrls.IsAllowed([pattern], host).ShouldBe(isAllowed);
}
