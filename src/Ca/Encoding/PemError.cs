namespace Culvert.Ca.Encoding;

internal enum PemError
{
    None,

    Empty,

    /// <summary>Not PEM, or a damaged block.</summary>
    Malformed,

    /// <summary>Something follows the allowed blocks.</summary>
    TrailingData,
}
