namespace Culvert.Ca.Revocation;

/// <summary>Serial numbers by value: the longer is the greater, since none has superfluous zeros in front.</summary>
internal static class SerialOrder
{
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : one.SequenceCompareTo(other);
}
