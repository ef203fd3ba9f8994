using System.Net;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Rule A17, <c>mtls</c>, against a server that requires a certificate of its own CA.</summary>
public sealed class MutualTlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-mtls-").FullName;
    private readonly TunnelPki pki = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("its own", 200)]
    [InlineData("another CA's", 502)]
    [InlineData("none", 502)]
    public async Task A17_Mtls_TheAgentsCertificateIsItsCredential(string shown, int status)
    {
        await using var server = await StartServerAsync();
        var port = new Uri(
            server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;
        var pair = (shown == "its own" ? pki : new TunnelPki("Another CA")).Agent("agent", "agent.example.test");
        await File.WriteAllTextAsync(PathOf("client.pem"), pair.ExportCertificatesPem(), Token);
        await File.WriteAllTextAsync(PathOf("client.key"), pair.ExportPrivateKeyPem(), Token);
        File.SetUnixFileMode(PathOf("client.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var fixture = new OauthFixture();
        fixture.Tunnel.Add(
            "docs",
            port,
            fixture.Access(
                new MutualTlsCredential(
                    shown == "none"
                        ? null
                        : new ClientCertificate(PathOf("client.pem"), SecretReference.ToFile(PathOf("client.key")))
                )
            ),
            u =>
                u with
                {
                    IsTls = true,
                    TlsServerName = "mcp.internal",
                    TlsCaPem = pki.CaPem,
                    TlsSystemRoots = false,
                    ClientCertificateFile = shown == "none" ? "" : PathOf("client.pem"),
                    ClientKeyFile = shown == "none" ? null : SecretReference.ToFile(PathOf("client.key")),
                }
        );
        await fixture.Tunnel.StartAsync();
        var token = fixture.Token();

        using var answer = await fixture.SendAsync(token, json: """{"jsonrpc":"2.0","id":1,"method":"ping"}""");

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 200)
        {
            // What the server saw: the certificate, and nothing of the caller's.
            (await answer.Content.ReadAsStringAsync(Token)).ShouldBe($"{pair.Serial} ");
        }
        else
        {
            answer.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        }
    }

    // A volume of Kubernetes: the files are links into a folder that is itself a link, and only that one is replaced.
    [Fact]
    public void ReadCurrent_VolumeOfKubernetesHasANewVersion_IsTheNewPair()
    {
        var first = WriteVersion("..1");
        Directory.CreateSymbolicLink(PathOf("..data"), "..1");
        File.CreateSymbolicLink(PathOf("tls.crt"), "..data/tls.crt");
        File.CreateSymbolicLink(PathOf("tls.key"), "..data/tls.key");
        var certificate = new ClientCertificate(PathOf("tls.crt"), SecretReference.ToFile(PathOf("tls.key")));
        certificate.ReadCurrent().Serial.ShouldBe(first);

        var second = WriteVersion("..2");
        Directory.Delete(PathOf("..data"));
        Directory.CreateSymbolicLink(PathOf("..data"), "..2");

        certificate.ReadCurrent().Serial.ShouldBe(second);
    }

    private string WriteVersion(string name)
    {
        var pair = pki.Agent("agent", "agent.example.test");
        Directory.CreateDirectory(PathOf(name));
        var (certificate, key) = (Path.Combine(PathOf(name), "tls.crt"), Path.Combine(PathOf(name), "tls.key"));
        File.WriteAllText(certificate, pair.ExportCertificatesPem());
        File.WriteAllText(key, pair.ExportPrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Not the same instant as another version's.
        File.SetLastWriteTimeUtc(certificate, DateTime.UnixEpoch.AddSeconds(name[^1]));
        return pair.Serial;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<WebApplication> StartServerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        var pair = pki.Server("mcp.internal");
                        https.ServerCertificate = X509CertificateLoader.LoadPkcs12(
                            X509Certificate2
                                .CreateFromPem(pair.ExportCertificatesPem(), pair.ExportPrivateKeyPem())
                                .Export(X509ContentType.Pkcs12),
                            null
                        );
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = (certificate, _, _) => IsOurs(certificate);
                    })
            )
        );
        var server = builder.Build();
        server.Run(context =>
            context.Response.WriteAsync(
                $"{context.Connection.ClientCertificate!.SerialNumber.ToLowerInvariant()} {context.Request.Headers.Authorization}",
                context.RequestAborted
            )
        );
        await server.StartAsync(Token);
        return server;
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(pki.Ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
