using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.RuleTests;

/// <summary>Separate from the rules, which are all in memory: few requests need tests.</summary>
internal sealed class RuleTestStore(Database database)
{
    public async ValueTask<IReadOnlyList<RuleTest>> FindAsync(
        string ruleId,
        int version,
        CancellationToken cancellationToken
    )
    {
        var json = await database.FirstOrDefaultAsync<string>(
            "SELECT tests FROM federation_rule_tests WHERE rule_id = @ruleId AND version <= @version "
                + "ORDER BY version DESC LIMIT 1",
            new { ruleId, version = (long)version },
            cancellationToken
        );
        return json is null ? [] : JsonSerializer.Deserialize(json, FederationJson.Default.IReadOnlyListRuleTest)!;
    }

    /// <summary>From this version on the rule has these tests.</summary>
    public Statement Put(string ruleId, int version, IReadOnlyList<RuleTest> tests) =>
        new(
            "INSERT INTO federation_rule_tests (rule_id, version, tests) VALUES (@RuleId, @Version, @Tests)",
            new
            {
                RuleId = ruleId,
                Version = (long)version,
                Tests = JsonSerializer.Serialize(tests, FederationJson.Default.IReadOnlyListRuleTest),
            }
        );
}
