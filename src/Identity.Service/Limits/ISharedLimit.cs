namespace Culvert.Identity.Service.Limits;

/// <summary>A limit that several nodes hold together.</summary>
internal interface ISharedLimit
{
    /// <summary>Hands over what was taken here and not told yet, of so many keys at most; how many those were.</summary>
    int Collect(int maxKeys, Action<UInt128, int> tell);

    /// <summary>Another node has taken that many.</summary>
    void Deduct(UInt128 key, int count);
}
