using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using RecordedRequest = Culvert.Machine.Client.Tests.Support.RecordedRequest;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

/// <summary>A tunnel whose rule asks a double of the service for approval, over mutual TLS.</summary>
internal sealed class ApprovalScene : IAsyncDisposable
{
    public const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
    public const string Path = "/v1/agent/approvals";

    public const string Rule =
        "{name: pay, effect: allow, tools: [pay], require_approval: {show: [/amount], expires: 10m}}, "
        + "{name: x, effect: allow, tools: [x]}";

    private readonly FakeService service;
    private readonly MachineClient client;

    private ApprovalScene(FakeService service, MachineClient client) => (this.service, this.client) = (service, client);

    public PolicyFixture Tunnel { get; private set; } = null!;

    /// <summary>What the service answers.</summary>
    public string State { get; set; } = CallApprovalAnswer.Pending;

    public KeptTrail Trail { get; } = new();

    public IReadOnlyList<string> Bodies => [.. service.Of(Path).Select(r => r.Body)];

    public IReadOnlyList<CallApprovalRequest> Requests =>
        [.. Bodies.Select(body => JsonSerializer.Deserialize(body, WireJson.Default.CallApprovalRequest)!)];

    public static async Task<ApprovalScene> StartAsync(
        string rules = Rule,
        string mode = "enforce",
        bool isEnrolled = true,
        string query = "",
        RawUpstream? upstream = null,
        TimeProvider? tunnelTime = null,
        BudgetLedger? budgets = null,
        Action<JsonObject>? claims = null
    )
    {
        var time = new FakeTimeProvider();
        var service = await FakeService.StartAsync(time);
        var key = CertificateRequests.NewKey();
        var leaf = service.Platform.Certify(
            CertificateRequests.Create(key),
            "spiffe://id.test/o/org/t/tnl_010000000000000000000001/agent/a"
        );
        var own = KeyAndCertificate.Create(leaf.ExportCertificatePem(), service.Platform.ChainPem, key);
        PlatformTrust.TryCreate("id.test", service.Platform.RootPem, out var trust).ShouldBeTrue();
        var client = new MachineClient(
            service.MachineUrl,
            own,
            () => trust!,
            () => RevokedSerialSet.None,
            time,
            TimeProvider.System
        );
        var scene = new ApprovalScene(service, client);
        service.Intercept = scene.AnswerAsync;
        scene.Tunnel = await PolicyFixture.StartAsync(
            PolicyFile.Settings(rules, mode) with
            {
                Query = query.Length > 0 ? [query] : [],
            },
            upstream ?? RawUpstream.Answering(PolicyFixture.Json(Ok)),
            tunnelTime,
            scene.Trail,
            budgets: budgets,
            claims: claims,
            approvals: new ApprovalService(
                () => isEnrolled ? client : null,
                "tnl_010000000000000000000001",
                NullLogger<ApprovalService>.Instance
            )
        );
        return scene;
    }

    /// <summary>The binding of one call.</summary>
    public async Task<string> BindAsync(string body, string? subject = null)
    {
        await Tunnel.PostAsync(body, subject: subject);
        return Requests[^1].Binding;
    }

    /// <summary>Of the only call. A record is written after its response.</summary>
    public async Task<CallRecord> RecordAsync()
    {
        await Eventually.UntilAsync(() => Trail.Places == 0, TestContext.Current.CancellationToken);

        return Trail.Records.OfType<CallRecord>().Single();
    }

    public async Task StopServiceAsync() => await service.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await Tunnel.DisposeAsync();
        client.Dispose();
        await service.DisposeAsync();
    }

    private async Task<bool> AnswerAsync(RecordedRequest request, HttpContext context)
    {
        if (request.Path != Path)
        {
            return false;
        }

        if (State.Length == 0)
        {
            await FakeService.RefuseAsync(context, 429, "approvals.too_many");
            return true;
        }

        await context.Response.WriteAsync(
            $$"""{"type":"call_approval_answer","id":"appr_1","state":"{{State}}","expires_at":"2030-01-01T00:00:00Z"}"""
        );
        return true;
    }
}
