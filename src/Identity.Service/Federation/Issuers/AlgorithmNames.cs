using Culvert.Jose.Algorithms;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Converts a set of algorithms to their names, in the order of RFC 7518's families.</summary>
internal static class AlgorithmNames
{
    public static IReadOnlyList<string> GetNames(JwsAlgorithms set) =>
        [.. Enum.GetValues<JwsAlgorithm>().Where(algorithm => set.Contains(algorithm)).Select(a => a.Name())];

    public static JwsAlgorithms Read(IEnumerable<string> names) =>
        names.Aggregate(
            JwsAlgorithms.Empty,
            (set, name) =>
                JwsAlgorithmExtensions.TryParse(name, out var algorithm)
                    ? set | algorithm.AsSet()
                    : throw new InvalidDataException(
                        $"A stored issuer allows '{name}', which is not a known algorithm."
                    )
        );
}
