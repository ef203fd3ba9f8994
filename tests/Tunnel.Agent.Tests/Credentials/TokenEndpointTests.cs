using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;
using Duende.IdentityModel.Client;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>What is asked of an authorization server, and what of its answers is not taken.</summary>
public sealed class TokenEndpointTests : IDisposable
{
    private const string NoTokenResponse = "The endpoint's response is not a token response.";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-endpoint-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":300}""", 300)]
    [InlineData("""{"access_token":"t","token_type":"bearer","expires_in":300,"scope":"a","x":[{"y":{}}]}""", 300)]
    [InlineData("""{"access_token":"t","token_type":"Bearer"}""", 60)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":0}""", 60)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":-1}""", 60)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":1.5}""", 60)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":86401}""", 86400)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":99999999999}""", 86400)]
    public async Task Answer_ThatGrants_GivesTheTokenForItsLife(string answer, int seconds)
    {
        server.Answer = _ => answer;

        var token = await RequestAsync();

        token.ShouldBe(new IssuedToken("t", time.GetUtcNow() + TimeSpan.FromSeconds(seconds), ""));
    }

    [Theory]
    [InlineData("", NoTokenResponse)]
    [InlineData("null", NoTokenResponse)]
    [InlineData("[]", NoTokenResponse)]
    [InlineData("<html>", NoTokenResponse)]
    [InlineData("{}", NoTokenResponse)]
    [InlineData("""{"access_token":"t"}""", NoTokenResponse)]
    [InlineData("""{"token_type":"Bearer"}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":1}""", NoTokenResponse)]
    [InlineData("""{"access_token":1,"token_type":"Bearer"}""", NoTokenResponse)]
    [InlineData("""{"access_token":{"t":1},"token_type":"Bearer"}""", NoTokenResponse)]
    [InlineData("""{"access_token":"\ud800","token_type":"Bearer"}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","expires_in":"300"}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","access_token":"u","token_type":"Bearer"}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","x":{"y":1,"y":2}}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":"Bearer","x":[[[[[[[[]]]]]]]]}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":"Bearer"} {}""", NoTokenResponse)]
    [InlineData("""{"access_token":"t","token_type":"DPoP"}""", "The token is not a bearer token.")]
    [InlineData("""{"access_token":"t","token_type":"mac"}""", "The token is not a bearer token.")]
    [InlineData("""{"access_token":"t","token_type":""}""", "The token is not a bearer token.")]
    [InlineData(
        """{"access_token":"","token_type":"Bearer"}""",
        "The token contains characters that are not allowed in a token."
    )]
    [InlineData(
        """{"access_token":"a b","token_type":"Bearer"}""",
        "The token contains characters that are not allowed in a token."
    )]
    [InlineData(
        """{"access_token":"a\r\n","token_type":"Bearer"}""",
        "The token contains characters that are not allowed in a token."
    )]
    [InlineData(
        """{"access_token":"ä","token_type":"Bearer"}""",
        "The token contains characters that are not allowed in a token."
    )]
    public async Task Answer_ThatIsNoTokenResponse_IsRefusedForAMoment(string answer, string problem)
    {
        server.Answer = _ => answer;

        (await RequestAsync()).ShouldBe(IssuedToken.Failed(problem, time.GetUtcNow() + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Fetch_Refused_IsTheProblem()
    {
        server.Refusal = "as.example.test answered with status 401.";

        (await RequestAsync()).Problem.ShouldBe(server.Refusal);
    }

    [Fact]
    public async Task Secret_InTheHeader_IsFormEncodedFirst()
    {
        await RequestAsync(Settings(ClientAuth.SecretBasic));

        Encoding
            .UTF8.GetString(Convert.FromBase64String(server.Authorizations[0]!["Basic ".Length..]))
            .ShouldBe("agent%3A1:a%3Asecret%2B");
        server.Forms[0].Keys.ShouldBe(["grant_type"], ignoreOrder: true);
    }

    [Fact]
    public async Task Secret_InTheBody_IsNotInTheHeader()
    {
        await RequestAsync(Settings(ClientAuth.SecretPost));

        server.Authorizations.ShouldBe([null]);
        server
            .Forms[0]
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = "agent:1",
                    ["client_secret"] = "a:secret+",
                },
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Assertion_IsSignedAnewForEachRequest()
    {
        var settings = Settings(ClientAuth.PrivateKeyJwt);
        await RequestAsync(settings);
        await RequestAsync(settings);

        server.Authorizations.ShouldBe([null, null]);
        server
            .Forms.Select(form => form["client_assertion_type"])
            .Distinct()
            .ShouldBe(["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]);
        server.Forms.Select(form => form["client_assertion"]).ShouldBeUnique();
        using var claims = JsonDocument.Parse(
            System.Buffers.Text.Base64Url.DecodeFromChars(server.Forms[0]["client_assertion"].Split('.')[1])
        );
        claims.RootElement.GetProperty("aud").GetString().ShouldBe(settings.Url);
        server.Forms[0]["client_id"].ShouldBe("agent:1");
    }

    [Fact]
    public async Task Secret_ThatCannotBeRead_IsTheProblemAndNothingIsSent()
    {
        var settings = Settings(ClientAuth.SecretPost);
        File.Delete(PathOf("secret"));

        var token = await RequestAsync(settings);

        token.Problem.ShouldStartWith("The client's own credential cannot be used: ");
        server.Forms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Exchange_SendsTheCallersTokenAndNamesTheTarget()
    {
        using var request = new TokenExchangeTokenRequest
        {
            SubjectToken = "caller",
            SubjectTokenType = "urn:ietf:params:oauth:token-type:access_token",
            Resource = "https://upstream.example.test",
        };

        await new TokenEndpoint(Settings(ClientAuth.SecretPost), time, transport: server).RequestAsync(request, Token);

        var form = server.Forms.ShouldHaveSingleItem();
        form["grant_type"].ShouldBe("urn:ietf:params:oauth:grant-type:token-exchange");
        form["subject_token"].ShouldBe("caller");
        form["resource"].ShouldBe("https://upstream.example.test");
        form.ShouldNotContainKey("audience");
    }

    [Theory]
    [InlineData("302", "127.0.0.1 answered with a redirect (302), which is not followed.")]
    [InlineData("400", "127.0.0.1 answered with status 400.")]
    [InlineData("html", "127.0.0.1 answered with something else than a JSON document.")]
    [InlineData("large", "127.0.0.1 sent more than 262144 bytes.")]
    [InlineData("duplicate", NoTokenResponse)]
    [InlineData(
        "outside",
        "127.0.0.1 has the address 127.0.0.1, which is not public and not among the allowed targets."
    )]
    public async Task Network_MisbehavingServer_IsRefusedByItsFault(string fault, string problem)
    {
        var pki = new TunnelPki();
        var asked = 0;
        await using var peer = await TestServer.StartAsync(
            async context =>
            {
                asked++;
                context.Response.ContentType = fault == "html" ? "text/html" : "application/json";
                context.Response.StatusCode = int.TryParse(fault, out var status) ? status : 200;
                context.Response.Headers.Location = "https://127.0.0.1/elsewhere";
                await context.Response.WriteAsync(
                    fault switch
                    {
                        "large" => new string(' ', 256 * 1024 + 1),
                        "duplicate" => """{"access_token":"t","token_type":"mac","token_type":"Bearer"}""",
                        _ => """{"error":"invalid_grant","error_description":"hunter2-hunter2"}""",
                    },
                    context.RequestAborted
                );
            },
            pki.Server("127.0.0.1").Certificate
        );
        var settings = Settings(ClientAuth.SecretPost) with
        {
            Url = $"https://127.0.0.1:{peer.Port}/token",
            Roots = [pki.Ca],
            AllowedRanges = Support.Tunnel.Ranges(fault == "outside" ? "10.0.0.0/8" : "127.0.0.1/32"),
        };
        using var request = new ClientCredentialsTokenRequest();

        var token = await new TokenEndpoint(settings, TimeProvider.System).RequestAsync(request, Token);

        token.Value.ShouldBeEmpty();
        token.Problem.ShouldBe(problem);
        asked.ShouldBe(fault == "outside" ? 0 : 1);
    }

    private async Task<IssuedToken> RequestAsync(TokenSettings? settings = null)
    {
        using var request = new ClientCredentialsTokenRequest();
        return await new TokenEndpoint(
            settings ?? Settings(ClientAuth.SecretPost),
            time,
            transport: server
        ).RequestAsync(request, Token);
    }

    private TokenSettings Settings(ClientAuth auth)
    {
        if (!File.Exists(PathOf("key")))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Write("key", key.ExportPkcs8PrivateKeyPem());
            Write("secret", "a:secret+");
        }

        return new TokenSettings
        {
            Url = "https://as.example.test/token",
            ClientId = "agent:1",
            ClientAuth = auth,
            ClientKeyFile = SecretReference.ToFile(PathOf("key")),
            ClientSecret = SecretReference.ToFile(PathOf("secret")),
            Audience = "upstream",
        };
    }

    private void Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
