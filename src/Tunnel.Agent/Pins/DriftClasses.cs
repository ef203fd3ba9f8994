namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The names of the classes in files, records and the configuration.</summary>
internal static class DriftClasses
{
    /// <summary>Each class with its name, the most severe first.</summary>
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

    // Precomputed for each set of classes, since every record of a call has such a text.
    private static readonly string[] Texts =
    [
        .. Enumerable
            .Range(0, 1 << All.Count)
            .Select(set => string.Join(',', All.Where(c => ((DriftClass)set & c.Class) != 0).Select(c => c.Name))),
    ];

    /// <summary>The names, separated by commas; empty for none.</summary>
    public static string Format(DriftClass classes) => Texts[(int)classes];

    /// <summary>Parses the result of <see cref="Format"/>. An unknown name counts as the most severe class.</summary>
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
