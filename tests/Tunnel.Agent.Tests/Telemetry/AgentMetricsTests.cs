using Culvert.Platform.Metrics;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Tests.Telemetry;

public sealed class AgentMetricsTests
{
    [Fact]
    public void WatchLeaf_ShowsWhatIsLeftAndNothingWithoutALeaf()
    {
        // Other tests' meters have the same name: only this test has this value.
        using var text = new MetricsText(AgentMetrics.MeterName);
        using var metrics = new AgentMetrics();
        double? left = null;
        metrics.WatchLeaf(() => left);
        text.Write().ShouldNotContain(" -86399.25");

        left = -86399.25;

        text.Write().ShouldContain("culvert_agent_leaf_expiry_seconds -86399.25");
    }

    [Fact]
    public void WatchRecording_ShowsTheEffectWhileCallsCannotBeRecorded()
    {
        // Other tests' meters have the same name: only this test has this effect.
        using var text = new MetricsText(AgentMetrics.MeterName);
        using var metrics = new AgentMetrics();
        string? effect = null;
        metrics.WatchRecording(() => effect);
        text.Write().ShouldNotContain("of this test");

        effect = "of this test";

        text.Write().ShouldContain("culvert_agent_audit_blocked{effect=\"of this test\"} 1");
    }
}
