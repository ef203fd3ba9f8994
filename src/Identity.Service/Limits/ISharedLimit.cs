namespace Culvert.Identity.Service.Limits;

/// <summary>A limit that several nodes share.</summary>
internal interface ISharedLimit
{
    /// <summary>Passes what was taken here and not reported yet, for at most so many keys; returns their number.</summary>
    int Collect(int maxKeys, Action<UInt128, int> tell);

    /// <summary>Another node has taken that many.</summary>
    void Deduct(UInt128 key, int count);
}
