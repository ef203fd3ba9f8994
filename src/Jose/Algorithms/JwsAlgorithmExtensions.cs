using System.Text;

namespace Culvert.Jose.Algorithms;

/// <summary>The <c>alg</c> names of algorithms, which are case-sensitive (RFC 7515 §4.1.1).</summary>
public static class JwsAlgorithmExtensions
{
    private static readonly JwsAlgorithm[] Known = Enum.GetValues<JwsAlgorithm>();
    private static readonly string[] Names = Array.ConvertAll(Known, a => a.ToString());

    internal static int Count => Known.Length;

    /// <summary>The <c>alg</c> value, which is also the library's name for it.</summary>
    public static string Name(this JwsAlgorithm algorithm) => Names[(int)algorithm];

    public static bool Contains(this JwsAlgorithms set, JwsAlgorithm algorithm) =>
        (set & algorithm.AsSet()) != JwsAlgorithms.Empty;

    public static JwsAlgorithms AsSet(this JwsAlgorithm algorithm) => (JwsAlgorithms)(1 << (int)algorithm);

    public static bool TryParse(ReadOnlySpan<char> name, out JwsAlgorithm algorithm)
    {
        foreach (var known in Known)
        {
            if (name.SequenceEqual(Names[(int)known]))
            {
                algorithm = known;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    internal static bool TryParse(ReadOnlySpan<byte> ascii, out JwsAlgorithm algorithm)
    {
        foreach (var known in Known)
        {
            if (Ascii.Equals(ascii, Names[(int)known]))
            {
                algorithm = known;
                return true;
            }
        }

        algorithm = default;
        return false;
    }
}
