using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Platform.Launching;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using ModelContextProtocol.Client;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>
/// A route whose upstream has an authorization server of its own, which trusts the keys of the identity service: real programs, and no
/// stored secret on the way to the upstream.
/// </summary>
[Collection(SignInSystemCollection.Name)]
public sealed class FederatedUpstreamTests(SignInSystem system) : SystemTest(system)
{
    private const string Caller = "federated-caller";
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private string AgentFile => Installation.Run.File(TunnelAgent.AutomaticName, "agent.yaml");

    [Fact]
    public async Task Call_FederatedExchange_ReachesTheUpstreamWithoutASecretAndLeavesNoTokenBehind()
    {
        await system.AllowAsync(Caller, Cancel);
        var caller = await system.SignInAsync(Caller, Cancel);
        var tunnel = Installation.Record.Tunnel.Id;
        using var server = await FederatedServer.StartAsync(
            Installation,
            Installation.Record.OrganizationId,
            $"spiffe://localhost/tunnel/{tunnel}/route/{TunnelAgent.Route}",
            Cancel
        );
        await Installation.Operator.RunAsync($"tunnel update {tunnel}", Cancel, "--assertion-audience", server.Url);
        var before = await File.ReadAllTextAsync(AgentFile, Cancel);
        try
        {
            await UseAsync(WithCredentials(before, server));
            await UntilAsync(async () => (await CredentialsAsync()).Count == 1, "the route has credentials", Limit);

            await CallAsync(caller);

            var (forms, issued) = await server.ReadAsync(Cancel);
            CheckRequests(forms, caller);
            System
                .UpstreamSide.Count(Encoding.UTF8.GetBytes($"Authorization: Bearer {issued[^1]}\r\n"))
                .ShouldBePositive();
            var shown = (await CredentialsAsync()).Single();
            shown.GetProperty("kind").GetString().ShouldBe("token_exchange");
            shown.TryGetProperty("subject", out _).ShouldBeFalse();
            shown.GetProperty("expires_at").GetDateTimeOffset().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow());
            var record = await RecordAsync();
            record.GetProperty("credential").GetString().ShouldBe("token_exchange");
            record
                .GetProperty("credential_subject")
                .GetString()
                .ShouldBe(Claims(caller).GetProperty("sub").GetString());
            record
                .GetProperty("credential_expires_at")
                .GetDateTimeOffset()
                .ShouldBe(shown.GetProperty("expires_at").GetDateTimeOffset());

            var assertion = forms[0]["client_assertion"];
            await CheckNothingIsLeftAsync([caller, assertion, .. issued]);
            System.UpstreamSide.Count(Encoding.UTF8.GetBytes(Canary(caller))).ShouldBe(0);
            System.UpstreamSide.Count(Encoding.UTF8.GetBytes(Canary(assertion))).ShouldBe(0);
            await CheckAssertionIsNoTokenAsync(assertion, caller);
        }
        finally
        {
            await UseAsync(before);
        }

        await UntilAsync(async () => (await CredentialsAsync()).Count == 0, "the route is as before", Limit);
    }

    private static string WithCredentials(string yaml, FederatedServer server)
    {
        // Of the first route.
        var policy = yaml.IndexOf("\n    policy: ", StringComparison.Ordinal);
        policy.ShouldBePositive();
        return yaml.Insert(
            policy,
            "\n    credentials: {type: token_exchange, token: {"
                + $"url: \"{server.Url}/token\", ca_file: \"{server.CaFile}\", allowed_ranges: [127.0.0.1/32], "
                + $"client_auth: federated, client_id: {FederatedServer.ClientId}, "
                + $"assertion: {{audience: \"{server.Url}\"}}, audience: \"{FederatedServer.Resource}\", scope: docs.read}}}}"
        );
    }

    // The agent reads its file again at a hang-up.
    private async Task UseAsync(string yaml)
    {
        await File.WriteAllTextAsync(AgentFile, yaml, CancellationToken.None);
        Signals.Send(Installation.Agent.Process.Stamp, Signals.HangUp).ShouldBeTrue();
    }

    private async Task CallAsync(string token)
    {
        await using var session = await CSharpClient.ConnectAsync(
            Installation.Endpoint,
            Installation.Record.Tunnel.TrustBundle,
            token,
            new McpClientOptions(),
            Cancel
        );
        var answer = await session.Client.CallToolAsync(
            "echo",
            new Dictionary<string, object?> { ["message"] = Caller },
            cancellationToken: Cancel
        );
        answer.IsError.ShouldNotBe(true);
    }

    // First the agent's own token, which makes it the actor, then the exchange.
    private static void CheckRequests(List<Dictionary<string, string>> forms, string caller)
    {
        forms.Select(form => form["grant_type"]).ShouldBe(["client_credentials", Exchange]);
        forms.Select(form => form["client_id"]).Distinct().ShouldBe([FederatedServer.ClientId]);
        forms.Select(form => form.GetValueOrDefault("client_secret")).Distinct().ShouldBe([null]);
        forms[1]["subject_token"].ShouldBe(caller);
        forms[1]["resource"].ShouldBe(FederatedServer.Resource);
    }

    private async Task CheckNothingIsLeftAsync(IReadOnlyList<string> tokens)
    {
        var bundle = Path.Combine(Installation.Run.Path, $"{Caller}.tar.gz");
        var collected = await Installation.Operator.TryRunAsync(
            [
                "support-bundle",
                "--out",
                bundle,
                "--log",
                Installation.Agent.Process.LogFile,
                "--log",
                Installation.Service.Process.LogFile,
                "--health",
                Installation.Agent.Health.BaseAddress.AbsoluteUri,
            ],
            Cancel
        );
        collected.Succeeded.ShouldBeTrue(collected.Error);
        var unpacked = await Tool.RunAsync("tar", ["-xzOf", bundle], Installation.Run.Path, Cancel);
        unpacked.Output.ShouldContain("\"kind\":\"token_exchange\"", Case.Sensitive);
        File.Delete(bundle);
        List<string> places =
        [
            unpacked.Output,
            await Installation.Agent.Health.MetricsAsync(Cancel),
            await Installation.Service.Health.MetricsAsync(Cancel),
            await ReadinessAsync(),
            await ReadAsync(RecordFile),
        ];
        foreach (
            var process in (ProgramProcess[])
                [Installation.Agent.Process, Installation.Service.Process, Installation.Edge.Process]
        )
        {
            places.Add(await ReadAsync(process.LogFile));
        }

        foreach (var token in tokens)
        {
            var canary = Canary(token);
            places.ShouldAllBe(place => !place.Contains(canary, StringComparison.Ordinal));
            System.AgentSide.Count(Encoding.UTF8.GetBytes(canary)).ShouldBe(0);
        }
    }

    // The route takes tokens of the service, which signed the assertion.
    private async Task CheckAssertionIsNoTokenAsync(string assertion, string caller)
    {
        using var client = system.CreateClient();
        foreach (
            var (token, status, reason) in ((string, HttpStatusCode, string?)[])
                [(assertion, HttpStatusCode.Unauthorized, "agent.token_invalid"), (caller, HttpStatusCode.OK, null)]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Installation.Endpoint)
            {
                Content = new StringContent(Ping, Encoding.UTF8, "application/json"),
            };
            request.Headers.Accept.ParseAdd("application/json, text/event-stream");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await client.SendAsync(request, Cancel);
            var seen = answer.Headers.TryGetValues("culvert-reason", out var values) ? values.Single() : null;
            seen.ShouldBe(reason);
            (answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(status == HttpStatusCode.Unauthorized);
        }

        var service = $"{Installation.Service.PublicUrl}/v1/oauth/token";
        var rule = Installation.Record.AgentRuleId;
        (
            await PostAsync(
                client,
                service,
                ("grant_type", Exchange),
                ("subject_token", assertion),
                ("subject_token_type", AccessToken),
                ("client_id", rule)
            )
        ).ShouldBe((HttpStatusCode.BadRequest, "invalid_request"));
        (
            await PostAsync(client, service, ("grant_type", JwtBearer), ("assertion", assertion), ("client_id", rule))
        ).ShouldBe((HttpStatusCode.BadRequest, "invalid_grant"));
        (
            await PostAsync(
                client,
                $"{system.Issuer}/token",
                ("grant_type", JwtBearer),
                ("assertion", assertion),
                ("client_id", system.ClientId),
                ("resource", Installation.Endpoint.AbsoluteUri)
            )
        ).ShouldBe((HttpStatusCode.BadRequest, "invalid_grant"));
    }

    private static async Task<(HttpStatusCode Status, string? Error)> PostAsync(
        HttpClient client,
        string url,
        params (string Name, string Value)[] form
    )
    {
        using var content = new FormUrlEncodedContent(form.ToDictionary(field => field.Name, field => field.Value));
        using var answer = await client.PostAsync(new Uri(url), content, Cancel);
        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return (answer.StatusCode, body.GetProperty("error").GetString());
    }

    private string RecordFile => Installation.Run.File(TunnelAgent.AutomaticName, "state", "audit", "calls.jsonl");

    private async Task<JsonElement> RecordAsync()
    {
        var line = "";
        await UntilAsync(
            async () =>
            {
                line = (await ReadAsync(RecordFile))
                    .Split('\n')
                    .LastOrDefault(
                        l =>
                            l.Contains("\"credential\":\"token_exchange\"", StringComparison.Ordinal)
                            && l.Contains("\"name\":\"echo\"", StringComparison.Ordinal),
                        ""
                    );
                return line.Length > 0;
            },
            "the record of the call",
            Limit
        );
        return JsonElement.Parse(line);
    }

    private async Task<List<JsonElement>> CredentialsAsync() =>
        [
            .. JsonElement
                .Parse(await ReadinessAsync())
                .GetProperty("credential_states")
                .EnumerateArray()
                .Where(one => one.GetProperty("route").GetString() == TunnelAgent.Route),
        ];

    private async Task<string> ReadinessAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await client.GetAsync(new Uri(Installation.Agent.Health.BaseAddress, "/readyz"), Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancel);
    }

    // The signature of a JWT, or the whole of an opaque token.
    private static string Canary(string token) => token.Split('.')[^1];

    private static JsonElement Claims(string token) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
}
