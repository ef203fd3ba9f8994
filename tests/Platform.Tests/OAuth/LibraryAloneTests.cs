using System.Net;
using Culvert.Platform.OAuth;
using Duende.IdentityModel.Client;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.OAuth;

/// <summary>
/// What the OAuth library takes without <see cref="AnswerGate"/>, <see cref="ProtocolAnswers"/> and
/// <see cref="IssuerMetadata"/>: the reasons why they are there (docs/decisions/0002). A test that fails here says that
/// one of them may go.
/// </summary>
public sealed class LibraryAloneTests
{
    private const string Issuer = "https://idp.test/tenant";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MemberSaidTwice_TheLastIsTaken()
    {
        using var answer = await TokenAsync("""{"access_token":"t","token_type":"mac","token_type":"Bearer"}""");

        answer.IsError.ShouldBeFalse();
        answer.TokenType.ShouldBe("Bearer");
    }

    [Fact]
    public async Task MemberOfAnotherType_IsItsText()
    {
        using var answer = await TokenAsync("""{"access_token":42,"token_type":"Bearer"}""");

        answer.AccessToken.ShouldBe("42");
    }

    [Fact]
    public async Task List_Throws()
    {
        using var answer = await TokenAsync("[]");

        Should.Throw<InvalidOperationException>(() => answer.AccessToken);
    }

    [Fact]
    public async Task Discovery_FetchesTheKeySetUnasked()
    {
        var server = new Server($$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/keys"}""");

        using var answer = await DiscoverAsync(server);

        server.Asked.ShouldBe([$"{Issuer}/.well-known/openid-configuration", $"{Issuer}/keys"]);
    }

    [Fact]
    public async Task Discovery_IssuerWithASlashMore_IsTaken()
    {
        using var answer = await DiscoverAsync(new Server($$"""{"issuer":"{{Issuer}}/"}"""));

        answer.IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task Discovery_EndpointThatNobodyAsks_RefusesTheDocument()
    {
        using var answer = await DiscoverAsync(
            new Server($$"""{"issuer":"{{Issuer}}","userinfo_endpoint":"nowhere"}""")
        );

        answer.ErrorType.ShouldBe(ResponseErrorType.PolicyViolation);
        answer.Json.ShouldBeNull();
    }

    [Fact]
    public void CodeSaidTwice_Throws() =>
        Should.Throw<ArgumentException>(() => new AuthorizeResponse("http://127.0.0.1/callback?code=a&code=b&state=s"));

    private static async Task<TokenResponse> TokenAsync(string answer)
    {
        using var http = new HttpMessageInvoker(new Server(answer));
        using var request = new ClientCredentialsTokenRequest { Address = "https://idp.test/token", ClientId = "c" };
        return await http.RequestClientCredentialsTokenAsync(request, Cancel);
    }

    private static async Task<DiscoveryDocumentResponse> DiscoverAsync(Server server)
    {
        using var http = new HttpMessageInvoker(server);
        using var request = new DiscoveryDocumentRequest
        {
            Address = Issuer,
            Policy = new DiscoveryPolicy { RequireKeySet = false, ValidateEndpoints = false },
        };
        return await http.GetDiscoveryDocumentAsync(request, Cancel);
    }

    private sealed class Server(string answer) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Asked.Add(request.RequestUri!.AbsoluteUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer) });
        }
    }
}
