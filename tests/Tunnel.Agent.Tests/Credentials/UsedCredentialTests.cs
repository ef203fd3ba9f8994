using System.Net;
using System.Text.Json;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Audit;
using Culvert.Tunnel.Agent.Tests.Credentials.Clouds;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>What a call's record and the route's state tell of the credential that the upstream got.</summary>
public sealed class UsedCredentialTests : IAsyncLifetime
{
    private const string Canary = "canary-1f6b-secret";
    private const string Answer = """{"jsonrpc":"2.0","id":1,"result":{}}""";
    private const string EndOfCertificate = "of the certificate";
    private const string InAnHour = "2026-01-01T01:00:00Z";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-used-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly AuditScene scene = new();
    private readonly ScriptedServer server = new();
    private readonly KeyAndCertificate pair = new TunnelPki().Agent("agent", "agent.example.test");
    private CloudDouble cloud = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await CloudDouble.StartAsync(time);

    public async ValueTask DisposeAsync()
    {
        scene.Dispose();
        server.Dispose();
        await cloud.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("none", "none", null, null, null)]
    [InlineData("static", "static", "env:DOCS_TOKEN", null, "env:DOCS_TOKEN")]
    [InlineData("mtls", "mtls", "CN=test", EndOfCertificate, "CN=test")]
    [InlineData("client_credentials", "client_credentials", "agent", "2026-01-01T00:05:00Z", "agent")]
    [InlineData("token_exchange", "token_exchange", "alice", "2026-01-01T00:05:00Z", null)]
    [InlineData("person_grant", "person_grant", "alice", "2026-01-01T00:05:00Z", null)]
    [InlineData("aws", "aws", CloudDouble.Role, InAnHour, CloudDouble.Role)]
    [InlineData("aws tags", "aws", CloudDouble.Role + "/culvert-docs-eu", InAnHour, null)]
    [InlineData("google", "google", CloudDouble.Provider, "2026-01-01T00:59:59Z", CloudDouble.Provider)]
    [InlineData("google account", "google", CloudDouble.Account, InAnHour, CloudDouble.Account)]
    public async Task Call_RecordNamesKindSubjectAndExpiry_StateNamesNoCaller(
        string credential,
        string kind,
        string? subject,
        string? expiry,
        string? shown
    )
    {
        server.Answer = _ => $$"""{"access_token":"{{Canary}}","token_type":"Bearer","expires_in":300}""";
        var used = Create(credential);
        await using var fixture = await PolicyFixture.StartAsync(
            Settings(Allow("readers", "get_*")),
            RawUpstream.Answering(PolicyFixture.Json(Answer)),
            trail: scene.Trail,
            claims: claims => claims["region"] = "eu",
            credential: used
        );

        var (answer, _) = await fixture.PostAsync(Call("get_x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var record = await NextRecordAsync();
        expiry = expiry == EndOfCertificate ? $"{pair.NotAfter.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : expiry;
        Text(record, "credential").ShouldBe(kind);
        Text(record, "credential_subject").ShouldBe(subject);
        Text(record, "credential_expires_at").ShouldBe(expiry);
        var state = used.State;
        if (kind == "none")
        {
            state.ShouldBeNull();
        }
        else
        {
            (state!.Subject.Length > 0 ? state.Subject : null).ShouldBe(shown);
            (state.ExpiresAt is { } end ? $"{end.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : null).ShouldBe(expiry);
            state.Problem.ShouldBe("");
        }

        foreach (var secret in (string[])[Canary, "token-of-ASIA", "access-of-account", "federated\""])
        {
            (scene.Text + state).ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Call_WithoutACredential_RecordHasItsKindAlone()
    {
        server.Refusal = "as.example.test answered with status 401.";
        var used = Create("client_credentials");
        await using var fixture = await PolicyFixture.StartAsync(
            Settings(Allow("readers", "get_*")),
            RawUpstream.Answering(PolicyFixture.Json(Answer)),
            trail: scene.Trail,
            credential: used
        );

        var (answer, _) = await fixture.PostAsync(Call("get_x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        var record = await NextRecordAsync();
        Text(record, "credential").ShouldBe("client_credentials");
        Text(record, "credential_subject").ShouldBeNull();
        Text(record, "credential_expires_at").ShouldBeNull();
        Text(record, "failure").ShouldBe("agent.credential_unavailable");
        used.State!.Problem.ShouldBe(server.Refusal);
    }

    [Fact]
    public void Note_SameCredentialAgain_KeepsSinceWhen()
    {
        var credential = new MutualTlsCredential(certificate: null);
        var obtained = CredentialHeader.Bearer("t", new CredentialUse("agent", time.GetUtcNow().AddMinutes(5)));
        credential.Note(obtained, time.GetUtcNow());

        credential.Note(obtained, time.GetUtcNow().AddMinutes(1));

        credential.State.ShouldBe(new(time.GetUtcNow(), "agent", time.GetUtcNow().AddMinutes(5), ""));
    }

    [Fact]
    public void Note_FailureAfterUse_KeepsWhatWasUsedLastAndSinceWhenItFails()
    {
        var credential = new MutualTlsCredential(certificate: null);
        var expiry = time.GetUtcNow().AddMinutes(5);
        credential.Note(CredentialHeader.Bearer("t", new CredentialUse("agent", expiry)), time.GetUtcNow());

        credential.Note(CredentialHeader.Failed("away"), time.GetUtcNow().AddMinutes(6));
        credential.Note(CredentialHeader.Failed("away"), time.GetUtcNow().AddMinutes(7));

        credential.State.ShouldBe(new(time.GetUtcNow().AddMinutes(6), "agent", expiry, "away"));
    }

    [Fact]
    public void Note_FailureBecauseOfACaller_ChangesNothing()
    {
        var credential = new MutualTlsCredential(certificate: null);

        credential.Note(CredentialHeader.FailedForCaller("no claim"), time.GetUtcNow());

        credential.State.ShouldBeNull();
    }

    [Fact]
    public void Readiness_RoundTrip_IsTheSame()
    {
        IReadOnlyList<RouteCredential> routes =
        [
            new("docs", "static", "env:TOKEN", time.GetUtcNow()),
            new("orders", "aws", CloudDouble.Role, time.GetUtcNow(), time.GetUtcNow().AddHours(1), "away"),
            new("new", "google"),
        ];
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            RouteCredential.Write(json, routes);
            json.WriteEndObject();
        }

        var written = System.Text.Encoding.UTF8.GetString(buffer.ToArray());

        written.ShouldBe(
            """{"credential_states":[{"route":"docs","kind":"static","subject":"env:TOKEN","since":"2026-01-01T00:00:00+00:00"},"""
                + $$"""{"route":"orders","kind":"aws","subject":"{{CloudDouble.Role}}","since":"2026-01-01T00:00:00+00:00","""
                + """ "expires_at":"2026-01-01T01:00:00+00:00","problem":"away"},{"route":"new","kind":"google"}]}""".TrimStart()
        );
        RouteCredential.Read(written).ShouldBe(routes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"credential_states":null}""")]
    [InlineData("""{"credential_states":[{"route":1}]}""")]
    public void Readiness_OfAnotherProgram_HasNone(string body) => RouteCredential.Read(body).ShouldBeEmpty();

    private UpstreamCredential Create(string credential)
    {
        var settings = ScriptedServer.Settings("upstream");
        var endpoint = new TokenEndpoint(settings, time, transport: server);
        var assertions = new SignedAssertions(time);
        return credential switch
        {
            "static" => new StaticCredential("Authorization", Secret()),
            "mtls" => new MutualTlsCredential(WriteCertificate()),
            "client_credentials" => new ClientCredentialsCredential(settings, endpoint, time),
            "token_exchange" => new TokenExchangeCredential(settings, endpoint, time),
            "person_grant" => new PersonGrantCredential(
                "docs",
                (_, _) =>
                    Task.FromResult<ApiResult<ConnectionTokenAnswer>>(
                        new ConnectionTokenAnswer(Canary, time.GetUtcNow() + TimeSpan.FromHours(1), "")
                    ),
                time
            ),
            "aws" => cloud.Aws(assertions, cloud.AwsSettings()),
            "aws tags" => cloud.Aws(assertions, cloud.AwsSettings(("region", "region"))),
            "google" => cloud.Google(assertions, cloud.GoogleSettings()),
            "google account" => cloud.Google(assertions, cloud.GoogleSettings(CloudDouble.Account)),
            _ => NoCredential.Instance,
        };
    }

    private static SecretReference Secret() =>
        SecretReference.TryParse("env:DOCS_TOKEN", "/", out var secret, _ => Canary)
            ? secret
            : throw new InvalidOperationException("The reference cannot be parsed.");

    private ClientCertificate WriteCertificate()
    {
        var (certificate, key) = (Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));
        File.WriteAllText(certificate, pair.ExportCertificatesPem());
        File.WriteAllText(key, pair.ExportPrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new ClientCertificate(certificate, SecretReference.ToFile(key));
    }

    private async Task<JsonElement> NextRecordAsync()
    {
        await Eventually.UntilAsync(() => scene.Trail.WriteQueued() && scene.Lines.Length > 0, Token);
        return JsonElement.Parse(scene.Lines[0]);
    }

    private static string? Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) ? value.GetString() : null;
}
