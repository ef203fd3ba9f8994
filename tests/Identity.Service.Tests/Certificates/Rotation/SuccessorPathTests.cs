using System.Text.Json;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

/// <summary>An operator who registers the next authority and the automatic successor leave the same records.</summary>
public sealed class SuccessorPathTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-enterprise-").FullName;

    private string Script => Path.Combine(folder, "sign.sh");

    [Fact]
    public async Task Successor_ByOperatorOrByConnector_HasTheSameRecord()
    {
        await using var bench = await StartAsync();
        var (operators, automatic) = await SuccessorsAsync(bench);

        var byOperator = await RecordAsync(bench, operators);
        var byConnector = await RecordAsync(bench, automatic);

        Members(byConnector)
            .ShouldBe(
                // Only a person can be one of two.
                Members(byOperator).Where(member => member != nameof(TunnelAuthority.SubmittedPerson))
            );
        foreach (var record in new[] { byOperator, byConnector })
        {
            record.State.ShouldBe(AuthorityState.Staged);
            record.Findings.ShouldBeEmpty();
            record.ApprovedBy.ShouldBe(record.SubmittedBy);
            record.ApprovedBy.ShouldNotBe("adm_before");
            record.SubmittedPerson.ShouldNotBe("person_before");
            record.AllowsPublicAnchor.ShouldBeFalse();
            record.RegistrationEnds.ShouldBe(record.CreatedAt + AuthorityLifecycle.RegistrationLife);
        }

        byOperator.SubmittedPerson.ShouldNotBeNull();
        byConnector.SubmittedBy.ShouldBe("identity-service");
    }

    [Fact]
    public async Task Successor_ByOperatorOrByConnector_HasTheSameAuditEvents()
    {
        await using var bench = await StartAsync();
        var (operators, automatic) = await SuccessorsAsync(bench);
        await ActivateAsync(bench, operators);

        var byOperator = await EventsAsync(bench, operators);
        var byConnector = await EventsAsync(bench, automatic);

        byOperator
            .Select(entry => entry.Name)
            .ShouldBe([
                "certificate_authority_created",
                "certificate_authority_key_made",
                "certificate_authority_request_issued",
                "certificate_authority_chain_uploaded",
                "certificate_authority_verified",
                "certificate_authority_approved",
                "certificate_authority_staged",
                "certificate_authority_activated",
            ]);
        byConnector.Select(entry => entry.Name).ShouldBe(byOperator.Select(entry => entry.Name));
        foreach (var (expected, actual) in byOperator.Zip(byConnector))
        {
            // The reason is the service's own: no administrator requested it.
            actual.Set.Where(IsShared).ShouldBe(expected.Set.Where(IsShared), expected.Name);
            actual.ActorId.ShouldBe("identity-service");
        }

        static bool IsShared(string member) => member != "reason";
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<RotationBench> StartAsync() =>
        await RotationBench.StartAsync(leafLife: TimeSpan.FromMinutes(5), signing: [Script]);

    /// <summary>Two tunnels whose next authority is staged. Both requests have remains of an earlier chain.</summary>
    private async Task<(string Operators, string Automatic)> SuccessorsAsync(RotationBench bench)
    {
        var other = (await bench.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        await bench.ApprovedAsync("active", TimeSpan.FromMinutes(60));
        await bench.ApprovedAsync("active", TimeSpan.FromDays(300), other);
        WriteScript("exit 1");
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
        var automatic = (await bench.StatesAsync())[0].Id;
        (await bench.StateAsync(automatic)).ShouldBe("csr_issued");
        var operators = (
            await bench.Service.Api.PostOkAsync(
                "/v1/certificate_authorities",
                JsonSerializer.Serialize(new { name = "issuing", tunnel_id = other })
            )
        ).Id();
        LeaveRemains(bench, operators, automatic);

        await UploadAndApproveAsync(bench, operators);
        var enterprise = new Enterprise(folder, bench.Root, bench.Service.Time.GetUtcNow());
        WriteScript($"{enterprise.SignCommand} && cat {enterprise.RootFile}");
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(6));
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
        (await bench.StateAsync(automatic)).ShouldBe("staged");
        (await bench.StateAsync(operators)).ShouldBe("staged");
        return (operators, automatic);
    }

    private static async Task UploadAndApproveAsync(RotationBench bench, string id)
    {
        var request = await bench.Service.Api.GetOkAsync(RotationBench.Path(id, "csr"));
        var chain = bench.Root.Sign(request.Text("csr_pem")!, TimeSpan.FromDays(30));
        var fingerprint = OfflineRoot.Fingerprint(chain);
        await bench.Service.Api.PostOkAsync(
            RotationBench.Path(id, "chain"),
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint })
        );
        await bench.Service.Api.PostOkAsync(
            RotationBench.Path(id, "approve"),
            JsonSerializer.Serialize(new { fingerprint })
        );
    }

    /// <summary>The operator's command, and the schedule for the other tunnel.</summary>
    private static async Task ActivateAsync(RotationBench bench, string operators)
    {
        await bench.Service.Api.PostOkAsync(RotationBench.Path(operators, "activate"));
        await bench.Machines.PassAsync(TimeSpan.FromMinutes(14));
        await bench.Service.Get<SuccessorSteps>().RunAsync(Cancel);
    }

    private static void LeaveRemains(RotationBench bench, params string[] ids)
    {
        using var connection = bench.Service.Get<Database>().OpenWrite();
        foreach (var id in ids)
        {
            connection.Execute(
                "UPDATE certificate_authorities SET approved_by = 'adm_before', submitted_person = 'person_before', "
                    + "findings = @findings WHERE id = @id",
                new { id, findings = """[{"code":"ca.key_mismatch","message":"before"}]""" }
            );
        }
    }

    private static async Task<TunnelAuthority> RecordAsync(RotationBench bench, string id) =>
        (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(id, Cancel))!;

    // Names alone: keys, certificates and times differ between two authorities.
    private static IEnumerable<string> Members(TunnelAuthority record) =>
        typeof(TunnelAuthority)
            .GetProperties()
            .Where(member => member.GetValue(record) is not null)
            .Select(member => member.Name);

    private static async Task<IReadOnlyList<(string Name, string ActorId, IReadOnlyList<string> Set)>> EventsAsync(
        RotationBench bench,
        string id
    ) =>
        [
            .. (await bench.Service.Api.GetOkAsync("/v1/audit?limit=1000"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body"))
                .Where(body =>
                    body.GetProperty("event_data").TryGetProperty("certificate_authority_id", out var authority)
                    && authority.GetString() == id
                )
                .Reverse()
                .Select(body =>
                    (
                        body.Text("event")!,
                        body.GetProperty("actor").Id(),
                        (IReadOnlyList<string>)
                            [
                                .. body.GetProperty("event_data")
                                    .EnumerateObject()
                                    .Where(member =>
                                        member.Value.ValueKind != JsonValueKind.Null
                                        && member.Value.GetRawText() != "[]"
                                    )
                                    .Select(member => member.Name),
                            ]
                    )
                ),
        ];

    private void WriteScript(string command)
    {
        File.WriteAllText(Script, $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(Script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
