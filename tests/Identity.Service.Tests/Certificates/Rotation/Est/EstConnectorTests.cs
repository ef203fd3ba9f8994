using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation.Est;

/// <summary>The connector against a real server over TLS, whose authority is openssl.</summary>
public sealed class EstConnectorTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-est-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly OfflineRoot root;
    private readonly Enterprise enterprise;

    public EstConnectorTests()
    {
        root = new OfflineRoot(time.GetUtcNow());
        enterprise = new Enterprise(folder, root, time.GetUtcNow());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sign_GoodServer_GivesTheWholeChain(bool sendsRoot)
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.SendsRoot = sendsRoot;
        var (csr, key) = Request();

        var answer = await Connector(server).SignAsync(csr, Cancel);

        answer.Error.ShouldBeNull();
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(answer.ChainPem);
        chain.Count.ShouldBe(2);
        chain[0].PublicKey.ExportSubjectPublicKeyInfo().ShouldBe(key);
        chain[1].RawData.ShouldBe(root.Certificate.RawData);
        server.Authorities.ShouldBe(sendsRoot ? 0 : 1);
    }

    [Fact]
    public async Task Sign_ClientCertificate_IsShownInTheHandshake()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest("CN=culvert", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            time.GetUtcNow().AddDays(-1),
            time.GetUtcNow().AddDays(1)
        );
        var pair = new CertificatePair(
            Write("own.pem", own.ExportCertificatePem()),
            Write("own.key", key.ExportPkcs8PrivateKeyPem())
        );

        var answer = await Connector(server, est => est with { Username = "", Password = null, Certificate = pair })
            .SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldBeNull();
        server.SeenClient.ShouldBe("CN=culvert");
    }

    [Fact]
    public async Task Sign_WrongPassword_IsNamedWithoutIt()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        var secret = SecretReference.ToFile(Write("bad.password", "the-wrong-proof"));

        var answer = await Connector(server, est => est with { Password = secret }).SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("(401)");
        answer.Error.ShouldNotContain("the-wrong-proof");
    }

    [Theory]
    [InlineData(StatusCodes.Status202Accepted, "600", "(202)", 600)]
    [InlineData(StatusCodes.Status202Accepted, null, "(202)", null)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, "120", "503", 120)]
    [InlineData(StatusCodes.Status429TooManyRequests, "-5", "429", null)]
    [InlineData(StatusCodes.Status403Forbidden, null, "(403)", null)]
    [InlineData(StatusCodes.Status404NotFound, null, "(404)", null)]
    [InlineData(StatusCodes.Status204NoContent, null, "(204)", null)]
    [InlineData(StatusCodes.Status400BadRequest, null, "400", null)]
    [InlineData(StatusCodes.Status302Found, null, "redirect", null)]
    public async Task Sign_NotSigned_IsNamedAndTheWaitKept(int status, string? retryAfter, string named, int? seconds)
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.OnEnrol = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = server.Url.AbsoluteUri;
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            return status == StatusCodes.Status204NoContent
                ? Task.CompletedTask
                : context.Response.WriteAsync("words of a stranger", Cancel);
        };

        var answer = await Connector(server).SignAsync(Request().Csr, Cancel);

        answer.ChainPem.ShouldBeNull();
        answer.Error.ShouldNotBeNull().ShouldContain(named);
        answer.Error.ShouldNotContain("words of a stranger");
        answer.IsSpoiled.ShouldBeFalse();
        answer.RetryAfter.ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
        server.Enrolments.ShouldBe(1);
    }

    [Fact]
    public async Task Sign_AnotherKey_IsRefused()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        var other = Request().Csr;
        server.OnEnrol = async (context, _) =>
            await EstServer.SendAsync(context, await server.SignAsync(Der(other), context.RequestAborted));

        var answer = await Connector(server).SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("another key");
        answer.IsSpoiled.ShouldBeTrue();
    }

    [Fact]
    public async Task Sign_ChainThatLeadsNowhere_IsNamed()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        using var other = new OfflineRoot(time.GetUtcNow());
        // The same name, another key: only the signature tells.
        server.AuthoritiesPem = other.Certificate.ExportCertificatePem();

        var answer = await Connector(server).SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("/cacerts");
        answer.IsSpoiled.ShouldBeTrue();
    }

    [Fact]
    public async Task HalfLife_SignedForNothing_DoublesTheWait()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.OnEnrol = (context, _) => EstServer.SendAsync(context, "this is no base64 !");
        await using var bench = await RotationBench.StartAsync(
            leafLife: TimeSpan.FromMinutes(5),
            certificates: certificates => certificates with { SigningEst = OptionsOf(server) }
        );
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var steps = bench.Service.Get<SuccessorSteps>();
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));

        // At once, then after 5 and 10 minutes more; the next would be after 20.
        int[] asked = [1, 2, 2, 3, 3];
        foreach (var count in asked)
        {
            await steps.RunAsync(Cancel);
            server.Enrolments.ShouldBe(count);
            await bench.Machines.PassAsync(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task Sign_ClientKeyThatOthersMayRead_IsNotUsed()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest("CN=culvert", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            time.GetUtcNow().AddDays(-1),
            time.GetUtcNow().AddDays(1)
        );
        var pair = new CertificatePair(
            Write("own.pem", own.ExportCertificatePem()),
            Write("own.key", key.ExportPkcs8PrivateKeyPem())
        );
        File.SetUnixFileMode(pair.KeyFile, PrivateFile.Mode | UnixFileMode.GroupRead);

        var answer = await Connector(server, est => est with { Username = "", Password = null, Certificate = pair })
            .SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("chmod 600");
        server.Enrolments.ShouldBe(0);
    }

    [Theory]
    [InlineData("this is no base64 !")]
    [InlineData("AAAA")]
    [InlineData("")]
    public async Task Sign_Garbage_IsNamed(string body)
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.OnEnrol = (context, _) => EstServer.SendAsync(context, body);

        var answer = await Connector(server).SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("read");
    }

    [Fact]
    public async Task Sign_SignInPageOrTooMuch_IsRefused()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.OnEnrol = (context, _) =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>sign in</html>", Cancel);
        };
        (await Connector(server).SignAsync(Request().Csr, Cancel)).Error.ShouldNotBeNull().ShouldContain("pkcs7-mime");

        server.OnEnrol = (context, _) => EstServer.SendAsync(context, new string('A', 65 * 1024));
        (await Connector(server).SignAsync(Request().Csr, Cancel)).Error.ShouldNotBeNull().ShouldContain("65536 bytes");
    }

    [Fact]
    public async Task Sign_ServerOfAnotherRoot_LearnsNothing()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        var pinned = Write("other.pem", root.Certificate.ExportCertificatePem());

        var answer = await Connector(server, est => est with { CaFile = pinned }).SignAsync(Request().Csr, Cancel);

        answer.Error.ShouldNotBeNull().ShouldContain("certificate");
        server.Enrolments.ShouldBe(0);
    }

    [Fact]
    public async Task Sign_AddressThatNobodyAllowed_IsNotDialled()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        AddressRanges.TryParse(["10.0.0.0/8", "0.0.0.0/0"], out var networks, out _).ShouldBeTrue();

        var answer = await Connector(server, est => est with { Networks = networks }).SignAsync(Request().Csr, Cancel);

        // A range that merely covers loopback does not name it (S27).
        answer.Error.ShouldNotBeNull().ShouldContain("127.0.0.1");
        server.Enrolments.ShouldBe(0);
    }

    [Fact]
    public async Task Sign_FilesThatAreMissing_AreNamed()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        var missing = Path.Combine(folder, "nowhere");

        (await Connector(server, est => est with { CaFile = missing }).SignAsync(Request().Csr, Cancel))
            .Error.ShouldNotBeNull()
            .ShouldContain(missing);
        (
            await Connector(server, est => est with { Password = SecretReference.ToFile(missing) })
                .SignAsync(Request().Csr, Cancel)
        )
            .Error.ShouldNotBeNull()
            .ShouldContain(missing);
    }

    [Fact]
    public async Task HalfLife_EnrolmentServer_RotatesWithoutAHand()
    {
        await using var server = await EstServer.StartAsync(enterprise);
        server.OnEnrol = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers.RetryAfter = "900";
            return Task.CompletedTask;
        };
        await using var bench = await RotationBench.StartAsync(
            leafLife: TimeSpan.FromMinutes(5),
            certificates: certificates => certificates with { SigningEst = OptionsOf(server) }
        );
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        var steps = bench.Service.Get<SuccessorSteps>();
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));

        // The enterprise's people want 15 minutes: it is not asked again before, not even after a restart.
        await steps.RunAsync(Cancel);
        var successor = (await bench.StatesAsync())[0];
        successor.State.ShouldBe("csr_issued");
        var signing = (await bench.RotationAsync(successor.Id)).GetProperty("signing");
        signing.GetProperty("attempts").GetInt64().ShouldBe(1);
        signing.Text("fault").ShouldNotBeNull().ShouldContain("(202)");
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(10));
        await steps.RunAsync(Cancel);
        server.Enrolments.ShouldBe(1);

        server.OnEnrol = null;
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(5));
        await steps.RunAsync(Cancel);

        server.Enrolments.ShouldBe(2);
        (await bench.StateAsync(successor.Id)).ShouldBe("staged");
        (await bench.RotationAsync(successor.Id))
            .GetProperty("signing")
            .GetProperty("fault")
            .ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    private static (string Csr, byte[] Key) Request()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuing", key, HashAlgorithmName.SHA256);
        return (request.CreateSigningRequestPem() + "\n", request.PublicKey.ExportSubjectPublicKeyInfo());
    }

    private static string Der(string csrPem) =>
        Convert.ToBase64String(Convert.FromBase64String(csrPem[PemEncoding.Find(csrPem).Base64Data]));

    private EstOptions OptionsOf(EstServer server)
    {
        AddressRanges.TryParse(["127.0.0.1/32"], out var loopback, out _).ShouldBeTrue();
        return new EstOptions
        {
            Url = server.Url,
            CaFile = Write("est-ca.pem", server.CaPem),
            Username = EstServer.User,
            Password = SecretReference.ToFile(Write("est.password", EstServer.Password)),
            Networks = loopback,
        };
    }

    private EstConnector Connector(EstServer server, Func<EstOptions, EstOptions>? change = null)
    {
        var est = OptionsOf(server);
        var options = ServiceUnderTest.OptionsIn(folder);
        return new EstConnector(
            new(options.Certificates with { SigningEst = change?.Invoke(est) ?? est }),
            new(options.Outbound),
            time,
            SystemHostResolver.Instance
        );
    }

    public void Dispose()
    {
        root.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
