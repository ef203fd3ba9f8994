using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tests;

/// <summary>Files under <c>tests/Vectors/Jose</c>; a name begins with the refusal that is expected.</summary>
internal static class Vectors
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Vectors");

    public static byte[] Read(params string[] path) => File.ReadAllBytes(Path.Combine([Root, .. path]));

    public static IEnumerable<TheoryDataRow<string>> In(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder))
            .Order(StringComparer.Ordinal)
            .Select(f => new TheoryDataRow<string>(Path.GetFileName(f)));

    public static JoseRefusal ExpectedRefusal(string name) => Enum.Parse<JoseRefusal>(name[..name.IndexOf('.')]);

    public static JwkSet KeySet(params string[] path)
    {
        JwkSet.TryParse(Read(path), out var set).ShouldBe(JoseRefusal.None);
        return set!;
    }
}
