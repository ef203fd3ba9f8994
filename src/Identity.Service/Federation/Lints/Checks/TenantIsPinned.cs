namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L01: anyone can get tokens of a shared issuer, so a rule must name the customer (L05: by id).</summary>
internal sealed class TenantIsPinned : ILintCheck
{
    public string Id => "L01";

    public Lint? Check(LintedRule rule)
    {
        if (!rule.IsShared || IsPinned(rule))
        {
            return null;
        }

        if (rule.Preset is not { } preset)
        {
            return Lint.Error(
                Id,
                "match: this issuer signs for all customers of its platform; demand an exact sub, or a claim that names "
                    + "yours."
            );
        }

        var claims = preset
            .TenantPins.OrderByDescending(pin => pin.Immutable)
            .Select(pin => string.Join(" with ", pin.Claims));
        var subjects = preset
            .TenantSubjects.Where(subject => subject.Prefix.Length > 0)
            .Select(subject => $"a sub that begins with {subject.Prefix}NAME{subject.Until}");
        return Lint.Error(
            Id,
            $"match: {rule.Issuer.Url} signs for all customers of {preset.Title}; pin one of "
                + $"{string.Join(", ", claims.Concat(subjects))}. Names can change owners, IDs cannot."
        );
    }

    private static bool IsPinned(LintedRule rule)
    {
        if (rule.Preset is not { } preset)
        {
            return rule.Pins.Any(pin => pin.IsWhole && !pin.Is("aud") && !pin.Is("iss"));
        }

        return preset.TenantPins.Any(pin => pin.Claims.All(rule.PinsWhole))
            || preset.TenantSubjects.Any(rule.NamesTenant);
    }
}
