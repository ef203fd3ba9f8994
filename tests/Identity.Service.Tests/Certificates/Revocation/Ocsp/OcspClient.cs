using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Certificates;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.Ca.Tests.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Tests.Fixtures;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;

/// <summary>A verifier that asks about certificates of one authority: by BouncyCastle, or with openssl.</summary>
internal sealed class OcspClient : IDisposable
{
    private readonly ServiceUnderTest service;
    private readonly HttpClient http;
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-ocsp-").FullName;

    /// <param name="service">Who is asked.</param>
    /// <param name="name">The authority's name in the address.</param>
    /// <param name="issuer">The authority.</param>
    /// <param name="root">PEM of what the client trusts.</param>
    public OcspClient(ServiceUnderTest service, string name, ParsedCertificate issuer, string root)
    {
        this.service = service;
        Path = $"{OcspAuthorities.Path}/{name}";
        Issuer = issuer;
        http = service.Client(null);
        File.WriteAllText(System.IO.Path.Combine(folder, "issuer.pem"), issuer.ToPem());
        File.WriteAllText(System.IO.Path.Combine(folder, "trusted.pem"), issuer.ToPem() + root);
    }

    public string Path { get; }

    public ParsedCertificate Issuer { get; }

    /// <summary>A client of a bench's authority, by the chain that came with a certificate of it.</summary>
    public static OcspClient Of(RevocationBench bench, JsonElement certificate, ServiceUnderTest? node = null)
    {
        using var authority = X509Certificate2.CreateFromPem(certificate.Text("chain_pem"));
        return new OcspClient(
            node ?? bench.Bench.Service,
            bench.AuthorityId,
            ParsedCertificate.TryParse(authority.RawData)!,
            bench.Root.Certificate.ExportCertificatePem()
        );
    }

    public byte[] Request(string serial, byte[]? nonce = null) =>
        OcspRequests.Write(Issuer, [Convert.FromHexString(serial)], nonce);

    public async Task<HttpResponseMessage> PostAsync(
        byte[] request,
        string mediaType = OcspAnswers.RequestType,
        string? path = null
    )
    {
        var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return await http.PostAsync(path ?? Path, content, TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> GetAsync(byte[] request, bool escaped = true, string? tag = null)
    {
        var text = Convert.ToBase64String(request);
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            $"{Path}/{(escaped ? Uri.EscapeDataString(text) : text)}"
        );
        if (tag is not null)
        {
            message.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag));
        }

        return await http.SendAsync(message, TestContext.Current.CancellationToken);
    }

    /// <summary>The OCSP status of an answer, which is always sent with 200.</summary>
    public async Task<int> StatusAsync(byte[] request, string mediaType = OcspAnswers.RequestType, string? path = null)
    {
        using var answer = await PostAsync(request, mediaType, path);
        return (await ReadAsync(answer)).Status;
    }

    /// <summary>The verified answer about one certificate: what it says, and by whom.</summary>
    public async Task<BasicOcspResp> AskAsync(string serial, byte[]? nonce = null)
    {
        using var response = await PostAsync(Request(serial, nonce));
        var answer = await ReadAsync(response);
        answer.Status.ShouldBe((int)OcspResult.Successful);
        var basic = (BasicOcspResp)answer.GetResponseObject();
        var authority = PublicKeyFactory.CreateKey(Issuer.PublicKey!.Encoded.ToArray());
        var certificates = basic.GetCerts();
        foreach (var certificate in certificates)
        {
            certificate.Verify(authority);
        }

        basic.Verify(certificates is [var responder, ..] ? responder.GetPublicKey() : authority).ShouldBeTrue();
        return basic;
    }

    /// <summary>good, revoked or unknown.</summary>
    public async Task<string> StateAsync(string serial, byte[]? nonce = null) =>
        (await AskAsync(serial, nonce)).Responses.Single().GetCertStatus() switch
        {
            null => "good",
            RevokedStatus => "revoked",
            _ => "unknown",
        };

    public static byte[]? NonceOf(BasicOcspResp answer) =>
        answer.ResponseExtensions?.GetExtension(OcspObjectIdentifiers.PkixOcspNonce) is { } nonce
            ? Asn1OctetString.GetInstance(nonce.GetParsedValue()).GetOctets()
            : null;

    /// <summary>What <c>openssl ocsp</c> prints when it asks the running service.</summary>
    public async Task<string> OpensslAsync(string serial, params string[] more)
    {
        var start = new ProcessStartInfo("openssl")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "ocsp",
            "-issuer",
            "issuer.pem",
            .. more.Where(one => one is "-sha256" or "-sha1"),
            "-serial",
            $"0x{serial}",
            .. more.Where(one => one is not ("-sha256" or "-sha1")),
            "-url",
            new Uri(service.ApiUrl, Path).AbsoluteUri,
            "-CAfile",
            "trusted.pem",
            // Its clock is the real one: chains are held against the service's, and answers may be as far from it as they like.
            "-attime",
            service.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "-validity_period",
            "1000000000",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var openssl = Process.Start(start)!;
        var output = openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = openssl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await output + await error;
    }

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<OcspResp> ReadAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(OcspAnswers.AnswerType);
        return new OcspResp(bytes);
    }
}
