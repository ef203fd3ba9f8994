using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

/// <summary>Client ID metadata documents from hostile servers, over real TLS on loopback.</summary>
public sealed class ClientDocumentFetcherTests : IAsyncLifetime
{
    private const string Host = "client.test";
    private const string OtherHost = "other.test";

    private readonly FakeTimeProvider time = new();
    private readonly TestPki pki;
    private readonly X509Certificate2 certificate;
    private readonly ScriptedHostResolver names = new();
    private readonly string bundle = Path.GetTempFileName();
    private RequestDelegate answer = null!;
    private TestServer server = null!;
    private int requests;

    public ClientDocumentFetcherTests()
    {
        pki = new TestPki(time.GetUtcNow());
        certificate = pki.Issue(dnsNames: [Host, OtherHost], usages: [TestPki.ServerAuthentication]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Url => $"https://{Host}:{server.Port}/metadata.json";

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(bundle, pki.RootPem, Cancel);
        server = await TestServer.StartAsync(
            http =>
            {
                Interlocked.Increment(ref requests);
                return answer(http);
            },
            certificate,
            pki.Issuing
        );
        names.Set(Host, "127.0.0.1");
        names.Set(OtherHost, "127.0.0.1");
        answer = Json(http => http.Response.WriteAsync(Document(Url)));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(bundle);
    }

    [Fact]
    public async Task Find_GoodDocument_IsTheClient()
    {
        var found = await FindAsync();

        found.Refusal.ShouldBeNull();
        requests.ShouldBe(1);
    }

    [Theory]
    [InlineData("redirect_to_another_host", "oauth_client.redirect")]
    [InlineData("redirect_to_http", "oauth_client.redirect")]
    [InlineData("redirect_to_a_metadata_address", "oauth_client.redirect")]
    [InlineData("redirect_to_itself", "oauth_client.redirect")]
    [InlineData("gzip_bomb", "oauth_client.too_large")]
    [InlineData("endless", "oauth_client.too_large")]
    [InlineData("page", "oauth_client.content_type")]
    [InlineData("text", "oauth_client.content_type")]
    [InlineData("no_type", "oauth_client.content_type")]
    [InlineData("broken_off", "oauth_client.malformed")]
    [InlineData("not_gzip", "oauth_client.malformed")]
    [InlineData("error", "oauth_client.status")]
    public async Task Fetch_HostileAnswer_IsRefusedAfterOneRequest(string hostile, string code)
    {
        answer = hostile switch
        {
            "redirect_to_another_host" => HostileAnswers.Redirect(301, $"https://{OtherHost}:{server.Port}/"),
            "redirect_to_http" => HostileAnswers.Redirect(302, $"http://{Host}:{server.Port}/metadata.json"),
            "redirect_to_a_metadata_address" => HostileAnswers.Redirect(307, "https://169.254.169.254/latest"),
            "redirect_to_itself" => HostileAnswers.Redirect(308, Url),
            "gzip_bomb" => Json(HostileAnswers.ToKeys["gzip-bomb"]),
            "endless" => Json(HostileAnswers.ToKeys["endless"]),
            "page" => HostileAnswers.Text(Document(Url), "text/html"),
            "text" => HostileAnswers.Text(Document(Url), "text/plain"),
            "no_type" => http => http.Response.WriteAsync(Document(Url)),
            "broken_off" => Json(HostileAnswers.ToKeys["broken-off"]),
            "not_gzip" => Json(HostileAnswers.ToKeys["false-gzip"]),
            _ => HostileAnswers.Status(500),
        };

        var fetched = await CreateFetcher().FetchAsync(Url, Cancel);

        fetched.Code.ShouldBe(code);
        fetched.Body.ShouldBeNull();
        requests.ShouldBe(1);
        names.Questions.ShouldBe(1);
        // Whatever it was, the caller learns the same.
        (await FindAsync()).Refusal!.Code.ShouldBe(OAuthClientErrors.DocumentUnavailable);
    }

    [Theory]
    [InlineData(ClientDocumentFetcher.MaxBytes, null)]
    [InlineData(ClientDocumentFetcher.MaxBytes + 1, "oauth_client.too_large")]
    public async Task Fetch_LongDocument_IsBounded(int length, string? code)
    {
        answer = Json(http => http.Response.WriteAsync(Document(Url).PadRight(length)));

        var fetched = await CreateFetcher().FetchAsync(Url, Cancel);

        fetched.Code.ShouldBe(code);
        (fetched.Body?.Length).ShouldBe(code is null ? length : null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_TenMebibytes_EndsTheConnectionLongBeforeTheEnd(bool saysItsLength)
    {
        const int Length = 10 * 1024 * 1024;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = saysItsLength ? $"Content-Length: {Length}" : "Connection: close";
        var sending = SendAsync(
            listener,
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{end}\r\n\r\n",
            Length
        );

        var fetched = await CreateFetcher()
            .FetchAsync($"https://{Host}:{((IPEndPoint)listener.LocalEndpoint).Port}/", Cancel);

        fetched.Code.ShouldBe("oauth_client.too_large");
        // What the buffers of both ends took.
        (await sending).ShouldBeLessThan(Length / 2);
    }

    [Fact]
    public async Task Fetch_OneByteEachSecond_IsRefusedAtTheDeadlineOfTheWhole()
    {
        using var sent = new SemaphoreSlim(0);
        using var next = new SemaphoreSlim(0);
        answer = Json(async http =>
        {
            try
            {
                while (true)
                {
                    await http.Response.WriteAsync(" ", http.RequestAborted);
                    sent.Release();
                    await next.WaitAsync(http.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                // The service gave up, which is what was wanted.
            }
        });

        var fetching = CreateFetcher().FetchAsync(Url, Cancel);

        for (var second = 1; second < (int)ClientDocumentFetcher.Timeout.TotalSeconds; second++)
        {
            await SecondAsync();
        }

        fetching.IsCompleted.ShouldBeFalse();
        await SecondAsync();
        (await fetching).Code.ShouldBe("oauth_client.timed_out");

        async Task SecondAsync()
        {
            await sent.WaitAsync(Cancel);
            time.Advance(TimeSpan.FromSeconds(1));
            next.Release();
        }
    }

    [Theory]
    [InlineData("https://other.test/metadata.json")]
    [InlineData("https://client.test/metadata.json")]
    public async Task Find_DocumentOfAnotherClient_IsRefused(string clientId)
    {
        answer = Json(http => http.Response.WriteAsync(Document(clientId)));

        var refusal = (await FindAsync()).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(OAuthClientErrors.Document);
        refusal.Details.ShouldHaveSingleItem().Value!.GetValue<string>().ShouldBe("client_id");
    }

    [Theory]
    [InlineData("169.254.169.254", "oauth_client.metadata_address")]
    [InlineData("169.254.0.9", "oauth_client.link_local_address")]
    [InlineData("10.0.0.5", "oauth_client.private_address")]
    [InlineData("::1", "oauth_client.loopback_address")]
    public async Task Fetch_NameOfAnAddressWithin_IsNotConnectedTo(string address, string code)
    {
        names.Set(Host, address);

        (await CreateFetcher().FetchAsync(Url, Cancel)).Code.ShouldBe(code);
        requests.ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_LoopbackThatTheOperatorDidNotName_IsNotConnectedTo()
    {
        (await CreateFetcher(networks: "192.0.2.0/24").FetchAsync(Url, Cancel)).Code.ShouldBe(
            "oauth_client.loopback_address"
        );
        requests.ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_CertificateOfAnotherName_IsNotAskedForTheDocument()
    {
        const string Third = "third.test";
        names.Set(Third, "127.0.0.1");

        (await CreateFetcher().FetchAsync($"https://{Third}:{server.Port}/", Cancel)).Code.ShouldBe("oauth_client.tls");
        requests.ShouldBe(0);
    }

    /// <summary>How much of a body the service let a server send, which notices the end of the connection at once.</summary>
    private async Task<int> SendAsync(TcpListener listener, string head, int length)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancel);
        client.SendBufferSize = 64 * 1024;
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(
                    certificate,
                    [pki.Issuing],
                    offline: true
                ),
            },
            Cancel
        );
        var part = new byte[16 * 1024];
        await tls.ReadAtLeastAsync(part, 1, cancellationToken: Cancel);
        var sent = 0;
        try
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
            for (; sent < length; sent += part.Length)
            {
                await tls.WriteAsync(part, Cancel);
            }
        }
        catch (IOException)
        {
            // The service ended the connection, which is what was wanted.
        }

        return sent;
    }

    private static RequestDelegate Json(RequestDelegate inner) =>
        http =>
        {
            http.Response.ContentType = "application/json";
            return inner(http);
        };

    private static string Document(string clientId) =>
        $$"""{"client_id":"{{clientId}}","redirect_uris":["https://{{Host}}/callback"]}""";

    private ValueTask<Result<OAuthClient>> FindAsync() =>
        new ClientDocuments(CreateFetcher(), NullLoggerFactory.Instance, time).FindAsync("org", Url, Cancel);

    private ClientDocumentFetcher CreateFetcher(string networks = "127.0.0.0/8")
    {
        AddressRanges.TryParse([networks], out var ranges, out _).ShouldBeTrue();
        return new ClientDocumentFetcher(
            new Current<OAuthClientOptions>(new OAuthClientOptions { DocumentNetworks = ranges! }),
            new Current<OutboundOptions>(
                new OutboundOptions { Network = NetworkOptions.Default with { CaBundle = bundle } }
            ),
            time,
            names
        );
    }
}
