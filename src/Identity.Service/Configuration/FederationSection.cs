using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class FederationSection
{
    public static FederationOptions Read(ConfigSection federation)
    {
        federation.Former("replay_mode", permitted: "single_use"); // issuers have their own setting
        federation.Former("reissue_window");
        var fetch = federation.Section("fetch");
        fetch.Former("proxy", permitted: "");
        var directory = federation.Path("jwks_directory");
        var options = new FederationOptions
        {
            Leeway = federation.Duration("leeway", TimeSpan.FromSeconds(30), max: FederationOptions.LongestLeeway),
            MaxRuleTokenLife = federation.Duration(
                "max_rule_token_life",
                TimeSpan.FromHours(24),
                TimeSpan.FromMinutes(1),
                TimeSpan.FromHours(24)
            ),
            JwksDirectory = directory.Length == 0 ? null : directory,
            JustifyLintWarnings = federation.Choice("lint_warnings", "report", "report", "justify") == "justify",
            HistoryRetention = federation.Duration("history_retention", TimeSpan.FromDays(90), TimeSpan.FromHours(1)),
            SignalPollInterval = federation.Duration(
                "signal_poll_interval",
                TimeSpan.FromSeconds(5),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromHours(1)
            ),
            Fetch = new FetchOptions
            {
                Timeout = fetch.Duration(
                    "timeout",
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromSeconds(60)
                ),
                MaxBytes = fetch.Size("max_bytes", 256 * 1024, 1024, 16 * 1024 * 1024),
                Refresh = fetch.Duration("refresh", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)),
                MinRefresh = fetch.Duration("min_refresh", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)),
                PauseAfter = fetch.Int("pause_after", 20, 1, 10_000),
                RefetchOnBadSignature = fetch.Bool("refetch_on_bad_signature", true),
                Concurrency = fetch.Int("concurrency", 8, 1, 256),
                StaleOk = fetch.Duration("stale_ok", TimeSpan.FromHours(24), TimeSpan.FromMinutes(1)),
                HardExpiry = fetch.Duration("hard_expiry", TimeSpan.FromDays(7), TimeSpan.FromMinutes(1)),
            },
        };
        if (options.Fetch.HardExpiry < options.Fetch.StaleOk)
        {
            fetch.Error("hard_expiry", "Keys would be refused before they are stale.", "Use at least stale_ok.");
        }

        return options;
    }
}
