using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Tests.Commands;

public sealed class ComposeCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-compose-").FullName;

    private string ConfigFile => Path.Combine(folder, "agent.yaml");

    private string Fixtures => Directory.CreateDirectory(Path.Combine(folder, "fixtures")).FullName;

    [Fact]
    public async Task Check_ValidFile_ListsTheTools()
    {
        var result = await RunAsync(ComposeSample.File, "check", ConfigFile);

        result.ExitCode.ShouldBe(ExitCodes.Done);
        result.Output.ShouldBe(
            """
            revenue/late_orders: 2 steps
            revenue/find: 1 steps
            revenue/find_all: 1 steps
            revenue/commit: 2 steps
            The composed tools are valid.

            """
        );
    }

    [Fact]
    public async Task Check_FileWithErrors_ReportsEach()
    {
        var text = ComposeSample
            .File.Replace("date('now')", "random()", StringComparison.Ordinal)
            .Replace("call: orders/create", "call: erp/create", StringComparison.Ordinal);

        var result = await RunAsync(text, "check", ConfigFile);

        result.ExitCode.ShouldBe(ExitCodes.Configuration);
        result.Error.ShouldContain(
            "agent.yaml:35: routes.revenue.upstream.compose.tools.late_orders.select: Line 3, column 15 of the SQL: The function random is not allowed."
        );
        result.Error.ShouldContain("The route erp does not exist.");
    }

    [Fact]
    public async Task Run_WithRecordedAnswers_PrintsTheFinding()
    {
        await WriteFixturesAsync();

        var result = await RunAsync(
            ComposeSample.File,
            "run",
            "late_orders",
            "--arguments",
            """{"customer": "Ann"}""",
            "--claim",
            "sub=alice",
            "--fixtures",
            Fixtures,
            "--now",
            "2026-11-28T12:00:00Z"
        );

        result.Error.ShouldBeEmpty();
        result.Output.ShouldBe("""{"rows":[{"id":"a","due":"2026-11-27","total":10,"tier":"gold"}]}""" + "\n");
        result.ExitCode.ShouldBe(ExitCodes.Done);
    }

    [Theory]
    [InlineData("""{"customer": "Bob"}""", "compose.step_failed: step customer: fixture_missing")]
    [InlineData("""{"customer": "Eve"}""", "compose.step_failed: step customer: policy.denied")]
    [InlineData("""{"customer": 5}""", "compose.arguments: \"/customer\" (type)")]
    public async Task Run_ThatFails_SaysWhereAndWhy(string arguments, string error)
    {
        await WriteFixturesAsync();

        var result = await RunAsync(
            ComposeSample.File,
            "run",
            "revenue/late_orders",
            "--arguments",
            arguments,
            "--claim",
            "sub=alice",
            "--fixtures",
            Fixtures
        );

        result.ExitCode.ShouldBe(ExitCodes.CheckFailed);
        result.Error.ShouldBe($"{error}\n");
    }

    [Theory]
    [InlineData("find_all", "{", "--arguments: this is not JSON.")]
    [InlineData("find_none", "{}", "The composed tool find_none does not exist.")]
    public async Task Run_WrongCommandLine_SaysSo(string tool, string arguments, string error)
    {
        var result = await RunAsync(ComposeSample.File, "run", tool, "--arguments", arguments, "--fixtures", Fixtures);

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldBe($"{error}\n");
    }

    [Fact]
    public async Task Explain_SaysWhatIsCalledAndWhatCrosses()
    {
        var result = await RunAsync(ComposeSample.File, "explain", "late_orders");

        result.Output.ShouldBe(
            """
            revenue/late_orders: Late orders of one customer, with the customer's tier.
            Arguments: customer, least
            1. customer: crm/find_customer (name: argument /customer, owner: claim sub, limit: 5), at most 2 rows of: id, tier
            2. orders: orders/search (customer_id: column id), for each row of customer, at most 1000 rows of: id, due, total, customer_id, empty if it fails
            Then select, at most 2 rows of: id, due, total, tier
            Parameters: :argument_least
            Bounds of the statement: 2s, 64MiB of memory, 64KiB for a row, 1MiB for all rows
            Bounds of a call: 100 calls of tools
            Crosses: rows (id, due, total, tier)

            """
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task WriteFixturesAsync() =>
        File.WriteAllTextAsync(
            Path.Combine(Fixtures, "answers.json"),
            """
            [
              {"call": "crm/find_customer", "arguments": {"name": "Ann", "owner": "alice", "limit": 5},
               "result": {"structuredContent": {"customers": [{"id": 7, "tier": "gold"}]}}},
              {"call": "crm/find_customer", "arguments": {"name": "Eve", "owner": "alice", "limit": 5}, "failure": "policy.denied"},
              {"call": "orders/search",
               "result": {"structuredContent": {"orders": [
                 {"id": "a", "due": "2026-11-27", "total": 10, "customer": {"id": 7}},
                 {"id": "b", "due": "2026-11-28", "total": 10, "customer": {"id": 7}}]}}}
            ]
            """
        );

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string file, params string[] arguments)
    {
        await File.WriteAllTextAsync(ConfigFile, file);
        var result = await AgentCli.RunAsync(
            ComposeCommand.Create(),
            arguments[0] == "check" ? arguments : [.. arguments, "--config", ConfigFile]
        );
        return (result.ExitCode, result.Output, result.Error);
    }
}
