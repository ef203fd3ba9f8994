namespace Culvert.Ca.Encoding;

internal enum PemError
{
    /// <summary>Well-formed.</summary>
    None,

    /// <summary>Only white space.</summary>
    Empty,

    /// <summary>Not PEM, or a damaged block.</summary>
    Malformed,

    /// <summary>Something follows the allowed blocks.</summary>
    TrailingData,
}
