using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation.Est;

/// <summary>
/// An enrolment server (RFC 7030) over real TLS. What it signs, openssl signs; what it packs, openssl packs. It does what
/// a test tells it to.
/// </summary>
internal sealed class EstServer : IAsyncDisposable
{
    public const string User = "culvert";
    public const string Password = "first-proof";

    private readonly WebApplication app;
    private readonly Enterprise enterprise;
    private readonly X509Certificate2 certificate;

    private EstServer(WebApplication app, Enterprise enterprise, X509Certificate2 certificate)
    {
        this.app = app;
        this.enterprise = enterprise;
        this.certificate = certificate;
    }

    public Uri Url =>
        new(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
                + "/.well-known/est/culvert"
        );

    /// <summary>PEM of its TLS certificate, which is its own root.</summary>
    public string CaPem => certificate.ExportCertificatePem();

    /// <summary>How often a signature was requested.</summary>
    public int Enrolments { get; private set; }

    /// <summary>How often its authorities were requested.</summary>
    public int Authorities { get; private set; }

    /// <summary>The certificate that the last caller showed; null = none.</summary>
    public string? SeenClient { get; private set; }

    /// <summary>Replaces the answer to an enrolment.</summary>
    public Func<HttpContext, string, Task>? OnEnrol { get; set; }

    /// <summary>Whether the issued certificate comes with its root, so that /cacerts is not needed.</summary>
    public bool SendsRoot { get; set; }

    /// <summary>What /cacerts holds; the enterprise's root when null.</summary>
    public string? AuthoritiesPem { get; set; }

    public static async Task<EstServer> StartAsync(Enterprise enterprise)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=est.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(enterprise.Now.AddDays(-1), enterprise.Now.AddDays(365));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                    {
                        listen.Protocols = HttpProtocols.Http1;
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = certificate;
                            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                            https.ClientCertificateValidation = (_, _, _) => true;
                        });
                    }
                )
            );
        var app = builder.Build();
        var server = new EstServer(app, enterprise, certificate);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Packs certificates as openssl does.</summary>
    public static async Task<string> PackAsync(string pem, CancellationToken cancellationToken)
    {
        var message = await Enterprise.RunAsync(
            "openssl crl2pkcs7 -nocrl -certfile /dev/stdin",
            pem,
            cancellationToken
        );
        return string.Concat(message.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
    }

    public static Task SendAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "application/pkcs7-mime; smime-type=certs-only";
        context.Response.Headers["Content-Transfer-Encoding"] = "base64";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        SeenClient = context.Connection.ClientCertificate?.Subject;
        if (context.Request is { Method: "GET", Path.Value: "/.well-known/est/culvert/cacerts" })
        {
            Authorities++;
            var pem = AuthoritiesPem ?? await File.ReadAllTextAsync(enterprise.RootFile, context.RequestAborted);
            await SendAsync(context, await PackAsync(pem, context.RequestAborted));
            return;
        }

        if (context.Request is not { Method: "POST", Path.Value: "/.well-known/est/culvert/simpleenroll" })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Enrolments++;
        using var reader = new StreamReader(context.Request.Body, Encoding.ASCII);
        var csr = await reader.ReadToEndAsync(context.RequestAborted);
        await (OnEnrol?.Invoke(context, csr) ?? EnrolAsync(context, csr));
    }

    private async Task EnrolAsync(HttpContext context, string csr)
    {
        var proof = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
        if (context.Request.Headers.Authorization != proof && SeenClient is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (context.Request.ContentType != "application/pkcs10")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        await SendAsync(context, await SignAsync(csr, context.RequestAborted));
    }

    /// <summary>What a good answer holds.</summary>
    public async Task<string> SignAsync(string csr, CancellationToken cancellationToken)
    {
        var pem = PemEncoding.WriteString("CERTIFICATE REQUEST", Convert.FromBase64String(csr));
        var issued = await enterprise.SignAsync(pem + "\n", cancellationToken);
        var root = SendsRoot ? await File.ReadAllTextAsync(enterprise.RootFile, cancellationToken) : "";
        return await PackAsync(issued + root, cancellationToken);
    }
}
