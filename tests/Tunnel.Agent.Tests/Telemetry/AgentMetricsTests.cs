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

    [Fact]
    public void Judged_CountsRowsByOutcomeAndWithheldAnswersByClass()
    {
        // Other tests' meters have the same name: only this test has this route.
        using var text = new MetricsText(AgentMetrics.MeterName);
        using var metrics = new AgentMetrics();

        metrics.Judged("judged", isEnforced: true, (2, 40), removed: 5, masked: 6, "");
        metrics.Judged("judged", isEnforced: true, (0, 1), removed: 0, masked: 0, "too_large");
        metrics.Judged("judged", isEnforced: false, (7, 0), removed: 0, masked: 0, "");

        var lines = text.Write().Split('\n').Where(line => line.Contains("route=\"judged\"", StringComparison.Ordinal));
        lines.ShouldBe(
            [
                "culvert_agent_answer_rows_total{route=\"judged\",outcome=\"crossed\",mode=\"enforce\"} 2",
                "culvert_agent_answer_rows_total{route=\"judged\",outcome=\"kept_inside\",mode=\"enforce\"} 41",
                "culvert_agent_answer_rows_total{route=\"judged\",outcome=\"crossed\",mode=\"observe\"} 7",
                "culvert_agent_answer_rows_total{route=\"judged\",outcome=\"kept_inside\",mode=\"observe\"} 0",
                "culvert_agent_answer_values_masked_total{route=\"judged\",mode=\"enforce\"} 6",
                "culvert_agent_answer_values_masked_total{route=\"judged\",mode=\"observe\"} 0",
                "culvert_agent_answer_values_removed_total{route=\"judged\",mode=\"enforce\"} 5",
                "culvert_agent_answer_values_removed_total{route=\"judged\",mode=\"observe\"} 0",
                "culvert_agent_answers_withheld_total{route=\"judged\",class=\"too_large\",mode=\"enforce\"} 1",
            ],
            ignoreOrder: true
        );
    }
}
