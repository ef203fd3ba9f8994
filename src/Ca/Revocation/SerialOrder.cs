namespace Culvert.Ca.Revocation;

/// <summary>Orders serial numbers by value: the longer is greater, because none has superfluous leading zeros.</summary>
internal static class SerialOrder
{
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : one.SequenceCompareTo(other);
}
