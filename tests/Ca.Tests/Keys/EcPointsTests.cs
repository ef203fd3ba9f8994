using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys;

/// <summary>Both imports of a point: the short one through libcrypto, and the platform's.</summary>
public sealed class EcPointsTests
{
    private static readonly byte[] Data = "signed"u8.ToArray();

    [Fact]
    public void IsFast_WithTheSystemsLibrary_IsTrue() => EcPoints.IsFast.ShouldBe(OperatingSystem.IsLinux());

    [Theory]
    [MemberData(nameof(Imports))]
    public void Import_PointOfAKey_VerifiesItsSignatures(object curve, bool managed)
    {
        using ECDsa key = ECDsa.Create(CurveOf((KeyAlgorithm)curve));
        byte[] signature = key.SignData(Data, HashAlgorithmName.SHA256);

        using ECDsa imported = Import((KeyAlgorithm)curve, PointOf(key), managed).ShouldNotBeNull();

        imported.VerifyData(Data, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
        imported.VerifyData(new byte[1], signature, HashAlgorithmName.SHA256).ShouldBeFalse();
        imported.KeySize.ShouldBe(key.KeySize);
    }

    [Theory]
    [MemberData(nameof(Imports))]
    public void Import_PointOffTheCurve_IsRefused(object curve, bool managed)
    {
        using ECDsa key = ECDsa.Create(CurveOf((KeyAlgorithm)curve));
        byte[] point = PointOf(key);
        point[^1] ^= 1;

        Import((KeyAlgorithm)curve, point, managed).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Imports))]
    public void Import_CoordinatesBeyondTheField_AreRefused(object curve, bool managed)
    {
        using ECDsa key = ECDsa.Create(CurveOf((KeyAlgorithm)curve));
        byte[] point = PointOf(key);
        point.AsSpan(1).Fill(0xff);
        byte[] origin = new byte[point.Length];
        origin[0] = 0x04;

        Import((KeyAlgorithm)curve, point, managed).ShouldBeNull();
        Import((KeyAlgorithm)curve, origin, managed).ShouldBeNull();
    }

    [Fact]
    public void Import_FromManyThreads_NeverMixesKeys() =>
        Parallel.For(
            0,
            200,
            _ =>
            {
                using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                byte[] signature = key.SignData(Data, HashAlgorithmName.SHA256);
                using ECDsa imported = EcPoints.Import(KeyAlgorithm.EcdsaP256, PointOf(key)).ShouldNotBeNull();
                imported.VerifyData(Data, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
            }
        );

    public static TheoryData<object, bool> Imports()
    {
        var rows = new TheoryData<object, bool>();
        foreach (KeyAlgorithm curve in new[] { KeyAlgorithm.EcdsaP256, KeyAlgorithm.EcdsaP384, KeyAlgorithm.EcdsaP521 })
        {
            rows.Add(curve, false);
            rows.Add(curve, true);
        }

        return rows;
    }

    private static ECDsa? Import(KeyAlgorithm curve, byte[] point, bool managed) =>
        managed ? EcPoints.ImportManaged(curve, point) : EcPoints.Import(curve, point);

    private static byte[] PointOf(ECDsa key)
    {
        ECPoint q = key.ExportParameters(false).Q;
        return [0x04, .. q.X!, .. q.Y!];
    }

    private static ECCurve CurveOf(KeyAlgorithm algorithm) =>
        algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => ECCurve.NamedCurves.nistP256,
            KeyAlgorithm.EcdsaP384 => ECCurve.NamedCurves.nistP384,
            _ => ECCurve.NamedCurves.nistP521,
        };
}
