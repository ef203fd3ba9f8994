using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A client of the token endpoint with a DPoP key of its own, or none, at an address of its own.</summary>
internal sealed class ExchangeClient : IDisposable
{
    private readonly FederatedService service;
    private readonly HttpClient http;
    private readonly SigningKey? key;

    private ExchangeClient(FederatedService service, string address, bool hasKey)
    {
        this.service = service;
        key = hasKey ? SigningKey.Create() : null;
        var presented = service.Service.Get<IApiCertificate>().Api;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                        certificate is not null
                        && certificate.GetRawCertData().AsSpan().SequenceEqual(presented.TargetCertificate.RawData),
                },
                // All of 127.0.0.0/8 is this machine: as many addresses as a test needs.
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = service.Service.ApiUrl,
        };
    }

    /// <summary>With a key, wherever it is.</summary>
    public static ExchangeClient WithKey(FederatedService service) => new(service, "127.0.0.1", hasKey: true);

    /// <summary>Without a key, at that address.</summary>
    public static ExchangeClient At(FederatedService service, string address) => new(service, address, hasKey: false);

    /// <summary>The thumbprint of its key.</summary>
    public string Thumbprint => new DpopProofSigner(key!).Thumbprint;

    public Task<HttpResponseMessage> PostAsync(IEnumerable<(string Name, string Value)> fields) =>
        PostAsync(fields, Proof());

    /// <summary>With that very proof, or none.</summary>
    public Task<HttpResponseMessage> PostAsync(IEnumerable<(string Name, string Value)> fields, string? proof) =>
        PostAsync(fields, proof, FederatedService.TokenPath);

    public Task<HttpResponseMessage> PostAsync(
        IEnumerable<(string Name, string Value)> fields,
        string? proof,
        string path
    )
    {
        var body = string.Join(
            '&',
            fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")
        );
        return SendAsync(path, body, "application/x-www-form-urlencoded", proof);
    }

    public Task<HttpResponseMessage> PostJsonAsync(string json, string path = FederatedService.TokenPath) =>
        SendAsync(path, json, "application/json", Proof(path: path));

    /// <summary>With what makes repeats one request.</summary>
    public Task<HttpResponseMessage> PostJsonAsync(string json, string path, string idempotencyKey) =>
        SendAsync(path, json, "application/json", Proof(path: path), idempotencyKey);

    public string? Proof(string? nonce = null, string path = FederatedService.TokenPath) =>
        key is null
            ? null
            : new DpopProofSigner(key).Sign(
                "POST",
                new Uri(FederatedService.PublicUrl + path),
                service.Time.GetUtcNow(),
                nonce ?? service.Service.Get<DpopNonces>().Current
            );

    public void Dispose()
    {
        http.Dispose();
        key?.Dispose();
    }

    private Task<HttpResponseMessage> SendAsync(
        string path,
        string body,
        string contentType,
        string? proof,
        string? idempotencyKey = null
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (proof is not null)
        {
            message.Headers.Add(RequestBinding.ProofHeader, proof);
        }

        if (idempotencyKey is not null)
        {
            message.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return http.SendAsync(message, TestContext.Current.CancellationToken);
    }
}
