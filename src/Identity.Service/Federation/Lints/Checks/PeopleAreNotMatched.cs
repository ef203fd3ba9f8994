namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L15: an e-mail address is not an identity: domains have guests; addresses are reused and unverified.</summary>
internal sealed class PeopleAreNotMatched : ILintCheck
{
    private static readonly string[] Names = ["email", "upn", "preferred_username", "unique_name"];

    public string Id => "L15";

    public Lint? Check(LintedRule rule)
    {
        if (rule.Preset is { IssuesToPeople: false })
        {
            return null;
        }

        if (rule.Pins.Any(pin => pin.Is("hd")) && rule.WholeSubjects.Count == 0)
        {
            return Refuse("hd names a domain, and every person in it gets access");
        }

        foreach (var pin in rule.Pins.Where(pin => Names.Any(pin.Is)))
        {
            if (!pin.IsWhole)
            {
                return Refuse($"{pin.Path.Text} is matched in part, so anyone who gets such an address gets access");
            }

            if (pin.Is("email") && !rule.Demands("email_verified", "true") && rule.WholeSubjects.Count == 0)
            {
                return Refuse("email is matched without email_verified = true");
            }
        }

        return null;

        Lint Refuse(string what) =>
            Lint.Error(
                Id,
                $"match: this issuer signs for people too, and {what}; pin the workload's sub or client id."
            );
    }
}
