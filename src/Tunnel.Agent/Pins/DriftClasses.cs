namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The classes by name, as files, records and the configuration write them.</summary>
internal static class DriftClasses
{
    /// <summary>Each class with its name, the gravest first.</summary>
    public static readonly IReadOnlyList<(DriftClass Class, string Name)> All =
    [
        (DriftClass.RenameSuspect, "rename_suspect"),
        (DriftClass.RiskUp, "risk_up"),
        (DriftClass.Widened, "widened"),
        (DriftClass.Description, "description"),
        (DriftClass.Narrowed, "narrowed"),
        (DriftClass.Added, "added"),
        (DriftClass.Removed, "removed"),
    ];

    // Of each set of classes: every record of a call has one.
    private static readonly string[] Texts =
    [
        .. Enumerable
            .Range(0, 1 << All.Count)
            .Select(set => string.Join(',', All.Where(c => ((DriftClass)set & c.Class) != 0).Select(c => c.Name))),
    ];

    /// <summary>The names, joined by commas; empty for none.</summary>
    public static string Format(DriftClass classes) => Texts[(int)classes];

    /// <summary>What <see cref="Format"/> wrote. A name that is not known counts as the gravest.</summary>
    public static DriftClass Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(
                DriftClass.None,
                (all, name) =>
                    all
                    | (
                        All.FirstOrDefault(c => c.Name == name) is { Name: not null } known
                            ? known.Class
                            : DriftClass.RiskUp
                    )
            );
}
