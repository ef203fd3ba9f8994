using System.Globalization;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Policy.Budgets;

/// <summary>A ledger in a folder of its own, and a rule with a budget.</summary>
internal sealed class BudgetScene : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-budgets-").FullName;

    public BudgetScene() => Ledger = Open();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public BudgetLedger Ledger { get; private set; }

    public string File => Path.Combine(folder, "budgets", "charges");

    public static PolicyRule Rule(string limit = "100", string more = "per: 1h", string name = "pay") =>
        PolicyFile
            .Settings($"{{name: {name}, effect: allow, tools: [\"*\"], budget: {{of: /n, limit: {limit}, {more}}}}}")
            .Rules[0];

    public ValueTask<BudgetVerdict> ChargeAsync(
        PolicyRule rule,
        decimal amount,
        string principal = "alice",
        string tool = "pay",
        string route = "docs"
    )
    {
        Amount
            .TryRead(Encoding.ASCII.GetBytes(amount.ToString(CultureInfo.InvariantCulture)), out var read)
            .ShouldBeTrue();
        return Ledger.ChargeAsync(route, rule, new LimitKey(rule.Name, principal, TargetKind.Tool, tool), read);
    }

    public async Task<bool> AllowsAsync(
        PolicyRule rule,
        decimal amount,
        string principal = "alice",
        string tool = "pay"
    ) => (await ChargeAsync(rule, amount, principal, tool)).Failure is null;

    /// <summary>As after a kill: nothing is finished.</summary>
    public void Restart()
    {
        Ledger.Dispose();
        Ledger = Open();
    }

    public void Dispose()
    {
        Ledger.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private BudgetLedger Open() => new(File, Time, NullLogger<BudgetLedger>.Instance);
}
