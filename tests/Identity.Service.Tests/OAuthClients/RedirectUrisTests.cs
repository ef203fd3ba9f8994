using Culvert.Identity.Service.OAuthClients;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

public sealed class RedirectUrisTests
{
    [Theory]
    [InlineData("https://client.example.com/cb")]
    [InlineData("https://client.example.com:8443/cb?tenant=a%20b")]
    [InlineData("http://127.0.0.1/cb")]
    [InlineData("http://127.0.0.1:49152/cb")]
    [InlineData("http://[::1]:49152/cb")]
    [InlineData("http://localhost:3000/cb")]
    [InlineData("com.example.app:/cb")]
    [InlineData("cursor://anysphere.cursor-mcp/oauth/callback")]
    [InlineData("vscode://vscode.github-authentication/did-authenticate")]
    public void Check_PermittedUri_IsAccepted(string uri) => RedirectUris.Check(uri).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("/cb")]
    [InlineData("//client.example.com/cb")]
    [InlineData("client.example.com/cb")]
    [InlineData("HTTPS://client.example.com/cb")]
    [InlineData("https:/client.example.com/cb")]
    [InlineData("https:client.example.com/cb")]
    [InlineData("https://")]
    [InlineData("https://client.example.com/cb#part")]
    [InlineData("https://user@client.example.com/cb")]
    [InlineData("https://client.example.com@evil.example/cb")]
    [InlineData("https://*.example.com/cb")]
    [InlineData("https://Client.example.com/cb")]
    [InlineData("https://client.example.com./cb")]
    [InlineData("https://client..example.com/cb")]
    [InlineData("https://client.example.com:/cb")]
    [InlineData("https://client.example.com:0443/cb")]
    [InlineData("https://client.example.com:65536/cb")]
    [InlineData("https://client.example.com/a/../cb")]
    [InlineData("https://client.example.com/a/%2e%2e/cb")]
    [InlineData("https://client.example.com/a%2Fcb")]
    [InlineData("https://client.example.com\\@evil.example/cb")]
    [InlineData("https://client.example.com/c b")]
    [InlineData("https://client.example.com/cb\n")]
    [InlineData("https://client.exa\tmple.com/cb")]
    [InlineData("https://client.example.com/%0d%0ax")]
    [InlineData("https://client.example.com/%zz")]
    [InlineData("https://client.example.com/%2")]
    [InlineData("https://clıent.example.com/cb")]
    [InlineData("https://192.0.2.1/cb")]
    [InlineData("https://0x7f.0.0.0x1/cb")]
    [InlineData("https://[::1]/cb")]
    [InlineData("https://app.localhost/cb")]
    [InlineData("http://client.example.com/cb")]
    [InlineData("http://localhost.evil.example/cb")]
    [InlineData("http://127.0.0.1.evil.example/cb")]
    [InlineData("http://127.0.0.1@evil.example/cb")]
    [InlineData("http://127.0.0.1:80@evil.example/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("http://127.1/cb")]
    [InlineData("http://2130706433/cb")]
    [InlineData("http://[::ffff:127.0.0.1]/cb")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/cb")]
    [InlineData("http://0.0.0.0/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("javascript://client.example.com/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://client.example.com/1")]
    [InlineData("about:/blank")]
    [InlineData("wss://client.example.com/cb")]
    [InlineData("ftp://client.example.com/cb")]
    [InlineData("mailto:a@example.com")]
    [InlineData("tel:/1")]
    [InlineData("intent://scan/#Intent;end")]
    [InlineData("chrome-extension://abc/cb")]
    [InlineData("ms-msdt:/id")]
    [InlineData("httpss://client.example.com/cb")]
    [InlineData("com.example.app:cb")]
    [InlineData("com.example.app://user@host/cb")]
    [InlineData("com.example.app:/a/../cb")]
    [InlineData("9app:/cb")]
    public void Check_HostileUri_IsRefused(string uri) => RedirectUris.Check(uri).ShouldNotBeNull();

    [Theory]
    [InlineData(RedirectUris.MaxCharacters, true)]
    [InlineData(RedirectUris.MaxCharacters + 1, false)]
    public void Check_Length_IsBounded(int length, bool isPermitted) =>
        (RedirectUris.Check("https://client.example.com/".PadRight(length, 'a')) is null).ShouldBe(isPermitted);

    [Theory]
    [InlineData("https://client.example.com/cb", true)]
    [InlineData("https://client.example.com/cb/", false)]
    [InlineData("https://client.example.com/CB", false)]
    [InlineData("https://client.example.com:443/cb", false)]
    [InlineData("https://client.example.com/cb?x=1", false)]
    [InlineData("http://127.0.0.1/cb", true)]
    [InlineData("http://127.0.0.1:50123/cb", true)]
    [InlineData("http://127.0.0.1:50123/other", false)]
    [InlineData("http://127.0.0.1:50123@evil.example/cb", false)]
    [InlineData("http://127.0.0.1:99999/cb", false)]
    [InlineData("http://[::1]:50123/cb", true)]
    [InlineData("http://localhost:3000/cb", true)]
    [InlineData("http://localhost:3001/cb", false)]
    [InlineData("http://localhost/cb", false)]
    [InlineData("http://localhost/any", true)]
    [InlineData("http://localhost:50123/any", true)]
    [InlineData("http://localhost:99999/any", false)]
    [InlineData("http://localhost:50123/any/other", false)]
    [InlineData("http://localhost:50123@evil.example/any", false)]
    [InlineData("http://127.0.0.1:50123/any", false)]
    [InlineData("https://localhost:50123/any", false)]
    [InlineData("https://client.example.com:50123/cb", false)]
    [InlineData("com.example.app:/cb", true)]
    [InlineData("com.example.app:/cb2", false)]
    public void IsRegistered_RequestedUri_IsComparedExactlyButForLoopbackPorts(string requested, bool expected)
    {
        var client = new OAuthClient(
            "ocl_1",
            "Client",
            [
                "https://client.example.com/cb",
                "http://127.0.0.1:8000/cb",
                "http://[::1]/cb",
                "http://localhost:3000/cb",
                "http://localhost/any",
                "com.example.app:/cb",
            ],
            OAuthClientKind.Registered
        );

        RedirectUris.IsRegistered(client, requested).ShouldBe(expected);
    }
}
