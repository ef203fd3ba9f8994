using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Wire;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency;

/// <summary>An agent whose key is known to the test, which signs checkpoints of a record of calls with it.</summary>
internal sealed class SigningAgent
{
    private readonly MachineBench bench;
    private readonly KeyAndCertificate pair;
    private readonly HttpClient machine;
    private readonly string instance;

    private SigningAgent(MachineBench bench, KeyAndCertificate pair, HttpClient machine, string instance)
    {
        this.bench = bench;
        this.pair = pair;
        this.machine = machine;
        this.instance = instance;
    }

    /// <summary>SHA-256 of its certificate.</summary>
    public byte[] Fingerprint => SHA256.HashData(pair.Certificate.RawData);

    public static async Task<SigningAgent> JoinAsync(MachineBench bench, string instance = "one")
    {
        var key = CertificateRequests.NewKey();
        using var response = await bench.EnrollAsync(bench.AgentToken(), instance, CertificateRequests.Create(key));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var certificate = JsonSerializer.Deserialize(body, WireJson.Default.AgentEnrollment)!.Certificate;
        return new(bench, KeyAndCertificate.Create(certificate, key), bench.Machine(certificate, key), instance);
    }

    /// <summary>Head of a record with that content.</summary>
    public static string HeadOf(string content) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>A checkpoint of now.</summary>
    public string Sign(long sequence, string content, string? node = null) =>
        AuditCheckpoint.SignCalls(pair, node ?? instance, sequence, HeadOf(content), bench.Service.Time.GetUtcNow())!;

    /// <summary>Signs and submits, some time after the last one.</summary>
    public async Task<string> SubmitAsync(long sequence, string content)
    {
        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));
        var token = Sign(sequence, content);
        using var response = await PostAsync(token);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return token;
    }

    public Task<HttpResponseMessage> PostAsync(string token) =>
        machine.PostAsync("/v1/agent/checkpoints", JsonSerializer.Serialize(new { checkpoint = token }));
}
