using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Tests.Net;
using Culvert.Testing;
using Duende.IdentityModel.Client;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Fetching;

/// <summary>The fetcher under a protocol library: S27 holds for what the library asks, too.</summary>
public sealed class FetchHandlerTests : IAsyncDisposable
{
    private const string Granted = """{"access_token":"t","token_type":"Bearer"}""";

    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow());
    private readonly FakeHostResolver resolver = new FakeHostResolver().With("idp.test", "127.0.0.1");
    private TestServer? server;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Request_ReachesTheServerAsTheLibraryMadeIt()
    {
        string? seen = null;
        using var answer = await AskAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var (request, body) = (context.Request, await reader.ReadToEndAsync(context.RequestAborted));
            seen =
                $"{request.Method} {request.Path} {request.ContentType} {request.Headers.Accept} {request.Headers.Authorization} {body}";
            await context.Response.WriteAsync(Granted);
        });

        answer.AccessToken.ShouldBe("t");
        seen.ShouldBe(
            "POST /token application/x-www-form-urlencoded application/json Basic YTpi grant_type=client_credentials"
        );
    }

    [Fact]
    public async Task Target_ThatIsNotAllowed_IsRefusedBeforeAnythingIsSent()
    {
        var asked = 0;
        using var answer = await AskAsync(
            context =>
            {
                asked++;
                return context.Response.WriteAsync(Granted);
            },
            terms => terms with { AllowedTargets = [] }
        );

        answer
            .Exception.ShouldBeOfType<FetchRefusedException>()
            .Message.ShouldBe(
                "idp.test has the address 127.0.0.1, which is not public and not among the allowed targets."
            );
        asked.ShouldBe(0);
    }

    [Theory]
    [InlineData(302, "idp.test answered with a redirect (302), which is not followed.")]
    [InlineData(401, "idp.test answered with status 401.")]
    public async Task Status_OtherThan200_IsARefusal(int status, string why)
    {
        using var answer = await AskAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://idp.test/elsewhere";
            return context.Response.WriteAsync("""{"error":"hunter2-hunter2"}""");
        });

        answer.Exception.ShouldBeOfType<FetchRefusedException>().Message.ShouldBe(why);
    }

    [Fact]
    public async Task Cancelled_IsNoRefusal()
    {
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            AskAsync(
                async context =>
                {
                    await stop.CancelAsync();
                    await Never.RespondAsync(context.RequestAborted);
                },
                cancel: stop.Token
            )
        );
    }

    private async Task<TokenResponse> AskAsync(
        RequestDelegate handler,
        Func<FetchRequest, FetchRequest>? edit = null,
        CancellationToken? cancel = null
    )
    {
        server = await TestServer.StartAsync(
            handler,
            pki.Issue(dnsNames: ["idp.test"], usages: [TestPki.ServerAuthentication]),
            pki.Issuing
        );
        FetchTarget.TryCreate("127.0.0.1/32", server.Port, out var target);
        PrivateNetwork.TryParse("127.0.0.0/8:any", out var bound).ShouldBeTrue();
        var terms = new FetchRequest
        {
            Url = "https://idp.test/",
            Field = "url",
            AllowedTargets = [target],
            PinnedRoots = [pki.Root],
        };
        using var http = new HttpMessageInvoker(
            new FetchHandler(
                new SafeFetcher(new SafeFetcherOptions { PrivateNetworks = [bound] }, TimeProvider.System, resolver),
                edit?.Invoke(terms) ?? terms
            )
        );
        using var request = new ClientCredentialsTokenRequest
        {
            Address = $"https://idp.test:{server.Port}/token",
            ClientId = "a",
            ClientSecret = "b",
            ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
        };
        return await http.RequestClientCredentialsTokenAsync(request, cancel ?? TestContext.Current.CancellationToken);
    }
}
