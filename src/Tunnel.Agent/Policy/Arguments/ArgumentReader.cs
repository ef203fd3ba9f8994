using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>Reads <c>arguments</c> and <c>closed</c> of a rule. A constraint that can never hold is an error.</summary>
internal static class ArgumentReader
{
    internal const int MaxConstraints = 100;
    private const int MaxLength = 64 << 20; // the maximum length of a body

    /// <param name="claims">The claims that the rule may compare.</param>
    /// <param name="implied">A constraint that another key of the rule implies.</param>
    public static ArgumentConstraints? Read(ConfigSection rule, ClaimNames claims, ArgumentConstraint? implied = null)
    {
        var entries = rule.List("arguments");
        var isClosed = rule.Bool("closed", false);
        if (entries.Count > MaxConstraints)
        {
            rule.Error("arguments", $"There are more than {MaxConstraints} constraints.", "Write another rule.");
        }

        var constraints = entries.Select(entry => ReadConstraint(entry, claims, isElement: false)).ToList();
        if (implied is not null)
        {
            constraints.Add(implied);
        }

        return isClosed || constraints.Count > 0 ? new ArgumentConstraints(constraints, [], isClosed) : null;
    }

    public static IReadOnlyList<JsonPointer> ReadPointers(ConfigSection section, string key)
    {
        var pointers = new List<JsonPointer>();
        foreach (var text in section.Strings(key))
        {
            if (JsonPointer.TryParse(text, out var pointer))
            {
                pointers.Add(pointer);
            }
            else
            {
                ReportPointer(section, key);
            }
        }

        return pointers;
    }

    public static JsonPointer ReadPointer(ConfigSection section, string key)
    {
        var text = section.RequiredString(key);
        if (JsonPointer.TryParse(text, out var pointer))
        {
            return pointer;
        }

        if (text.Length > 0)
        {
            ReportPointer(section, key);
        }

        return JsonPointer.Whole;
    }

    private static void ReportPointer(ConfigSection section, string key) =>
        section.Error(
            key,
            "This is not the JSON pointer of an argument (RFC 6901).",
            "Write /name, /outer/inner or /list/0; ~1 for a slash in a name, ~0 for a tilde."
        );

    private static ArgumentConstraint ReadConstraint(ConfigSection entry, ClaimNames claims, bool isElement)
    {
        var at = isElement ? ReadInnerPointer(entry) : ReadPointer(entry, "at");
        var isRequired = entry.Bool("required", false);
        var constraint = new ArgumentConstraint
        {
            At = at,
            IsOptional = entry.Bool("optional", false),
            IsForbidden = entry.Bool("forbidden", false),
            Conditions = ReadConditions(entry, claims, isElement),
        };
        if (constraint.IsForbidden)
        {
            if (constraint.IsOptional || isRequired || constraint.Conditions.Count > 0)
            {
                entry.Error("forbidden", "A forbidden argument has no other conditions.", "Remove them, or forbidden.");
            }
        }
        else if (isRequired && constraint.IsOptional)
        {
            entry.Error("optional", "The argument is required and optional.", "Remove one of the two.");
        }
        else if (constraint.Conditions.Count == 0 && !isRequired && !constraint.IsOptional)
        {
            entry.Error(
                "at",
                "The constraint names no condition.",
                "Write one, such as type or enum; or required: true if any value will do."
            );
        }

        return constraint;
    }

    // An element's constraint without a pointer applies to the element itself.
    private static JsonPointer ReadInnerPointer(ConfigSection entry)
    {
        var text = entry.String("at");
        if (text.Length == 0)
        {
            return JsonPointer.Whole;
        }

        if (JsonPointer.TryParse(text, out var pointer))
        {
            return pointer;
        }

        ReportPointer(entry, "at");
        return JsonPointer.Whole;
    }

    /// <summary>Reads the conditions of one entry; those on the elements of an array unless it is an element.</summary>
    public static List<ValueCondition> ReadConditions(ConfigSection entry, ClaimNames claims, bool isElement)
    {
        var type = entry.Has("type") ? entry.Choice("type", "string", TypeCondition.Types) : null;
        var hosts = ReadHosts(entry);
        List<ValueCondition?> conditions =
        [
            type is null ? null : new TypeCondition(type),
            entry.Literal("const") is { } literal ? new OneOfCondition("const", [literal]) : null,
            entry.Literals("enum") is var literals && entry.Has("enum") ? new OneOfCondition("enum", literals) : null,
            ReadPattern(entry),
            entry.String("glob") is var glob && entry.Has("glob") ? new GlobCondition(glob) : null,
            ReadBound(entry, "min"),
            ReadBound(entry, "max"),
            ReadBound(entry, "above"),
            ReadBound(entry, "below"),
            ReadLength(entry, "min_length", type),
            ReadLength(entry, "max_length", type),
            entry.Ranges("cidr") is var ranges && entry.Has("cidr") ? new AddressCondition(ranges) : null,
            hosts,
            ReadPath(entry),
            entry.String("prefix") is var prefix && entry.Has("prefix") ? new PrefixCondition(prefix) : null,
            ReadClaim(entry, claims, "equals_claim"),
            ReadClaim(entry, claims, "in_claim"),
        ];
        if (!isElement)
        {
            conditions.Add(ReadElements(entry, claims, "any"));
            conditions.Add(ReadElements(entry, claims, "all"));
        }

        foreach (
            var (key, isEmpty) in new[]
            {
                ("enum", literals.Count == 0),
                ("cidr", ranges.IsEmpty),
                ("hosts", hosts is { IsEmpty: true }),
                ("glob", glob.Length == 0),
                ("prefix", prefix.Length == 0),
            }
        )
        {
            if (entry.Has(key) && isEmpty)
            {
                entry.Error(key, "This is empty, so that no value satisfies it.", "List values, or remove the key.");
            }
        }

        List<ValueCondition> all = [.. conditions.OfType<ValueCondition>()];
        CheckKinds(entry, all);
        return all;
    }

    // A condition on text and a condition on numbers can never both be true.
    private static void CheckKinds(ConfigSection entry, List<ValueCondition> conditions)
    {
        var kinds = ValueKinds.Any;
        foreach (var condition in conditions)
        {
            kinds &= condition.Kinds;
            if (kinds == ValueKinds.None)
            {
                entry.Error(
                    condition.Key,
                    "No value satisfies this and the conditions next to it: they are about different types.",
                    "Remove one, or add type: array where lengths are those of an array."
                );
                return;
            }
        }
    }

    private static PatternCondition? ReadPattern(ConfigSection entry)
    {
        var pattern = entry.String("pattern");
        if (!entry.Has("pattern"))
        {
            return null;
        }

        if (!PatternCondition.TryCreate(pattern, out var condition, out var problem))
        {
            entry.Error(
                "pattern",
                problem,
                "Write an expression for the whole text with [0-9], [a-z], (?:…), |, *, + and {n,m}."
            );
        }

        return condition;
    }

    private static NumberBound? ReadBound(ConfigSection entry, string key)
    {
        if (entry.Literal(key) is not { } bound)
        {
            return null;
        }

        if (bound.Kind == ConfigLiteralKind.Number && JsonNumber.TryRead(Encoding.ASCII.GetBytes(bound.Text), out _))
        {
            return new NumberBound(key, bound.Text);
        }

        entry.Error(key, "This is not a number.", "Write one as JSON does, without quotes.");
        return null;
    }

    private static LengthBound? ReadLength(ConfigSection entry, string key, string? type) =>
        entry.Has(key) ? new LengthBound(key, entry.Int(key, 0, 0, MaxLength), ofArrays: type == "array") : null;

    private static HostCondition? ReadHosts(ConfigSection entry)
    {
        var hosts = new List<UrlHost>();
        foreach (var text in entry.Strings("hosts"))
        {
            if (UrlHost.TryParse(text, out var host))
            {
                hosts.Add(host);
            }
            else
            {
                entry.Error(
                    "hosts",
                    $"{text} is not a host.",
                    "Write api.example.com, *.example.com or 10.1.2.3, with :port where it is not the scheme's own; lower case, "
                        + "international names as xn--…"
                );
            }
        }

        return entry.Has("hosts") ? new HostCondition(hosts) : null;
    }

    private static PathCondition? ReadPath(ConfigSection entry)
    {
        var prefix = entry.String("path_prefix");
        if (!entry.Has("path_prefix"))
        {
            return null;
        }

        if (!PathCondition.IsPlain(prefix))
        {
            entry.Error(
                "path_prefix",
                "This is not an absolute path that has one spelling.",
                "Write /folder/inner without dots, doubled slashes, backslashes and percent signs."
            );
            return null;
        }

        return new PathCondition(prefix.TrimEnd('/'));
    }

    private static ClaimCondition? ReadClaim(ConfigSection entry, ClaimNames claims, string key) =>
        claims.Read(entry, key) is { } claim ? new ClaimCondition(key, claim) : null;

    private static ElementsCondition? ReadElements(ConfigSection entry, ClaimNames claims, string key) =>
        entry.Has(key) ? new ElementsCondition(key, ReadConstraint(entry.Section(key), claims, isElement: true)) : null;
}
