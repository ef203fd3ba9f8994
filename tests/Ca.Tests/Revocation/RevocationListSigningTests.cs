using System.Formats.Asn1;
using System.Numerics;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation;

public sealed class RevocationListSigningTests
{
    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void Sign_Order_IsReadBackWhole(KeyAlgorithm algorithm)
    {
        using var authority = new TestAuthority(algorithm);
        var entries = RevocationReasons.OfLeaves.Select(reason => RevocationLists.Entry(reason)).ToArray();

        var list = RevocationLists.Sign(authority, RevocationLists.Order(authority, entries));

        list.Version.ShouldBe(2);
        list.Number.ShouldBe(new BigInteger(7));
        list.ThisUpdate.ShouldBe(TestAuthority.Now);
        list.NextUpdate.ShouldBe(TestAuthority.Now.AddDays(3));
        list.DistributionPoint!.Uris.ShouldBe([RevocationLists.Address]);
        list.DistributionPoint.OnlyUserCertificates.ShouldBeTrue();
        list.IsDelta.ShouldBeFalse();
        list.Entries.Select(entry => entry.SerialHex).ShouldBe(entries.Select(entry => entry.SerialHex).Order());
        list.Entries.Select(entry => entry.Reason).ShouldBe(RevocationReasons.OfLeaves, ignoreOrder: true);
        list.IsSignedBy(authority.Key.PublicKey).ShouldBeTrue();
    }

    [Fact]
    public void Sign_NoEntries_LeavesTheSequenceOut()
    {
        using var authority = new TestAuthority();

        RevocationLists.Sign(authority, RevocationLists.Order(authority)).Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Sign_OfAnotherKey_Throws()
    {
        using var authority = new TestAuthority();
        var order = RevocationLists.Order(authority);

        Should.Throw<InvalidOperationException>(() => RevocationListSigning.Sign(order, authority.RootKey));
    }

    // One broken order per rule: the lint names it, and nothing is signed.
    public static TheoryData<string, Func<RevocationListOrder, RevocationListOrder>> BrokenOrders() =>
        new()
        {
            { "number_is_ordered", order => order with { Number = 0 } },
            { "times_are_ordered", order => order with { NextUpdate = order.ThisUpdate } },
            { "times_are_ordered", order => order with { NextUpdate = order.ThisUpdate.AddDays(11) } },
            {
                "revocations_are_not_ahead",
                order => order with { Entries = [RevocationLists.Entry(at: order.ThisUpdate.AddSeconds(1))] }
            },
            {
                "reasons_are_for_leaves",
                order => order with { Entries = [RevocationLists.Entry(RevocationReason.CertificateHold)] }
            },
            {
                "entries_are_ordered_and_single",
                order =>
                    order with
                    {
                        Entries = [RevocationLists.Entry(serial: [2, 2]), RevocationLists.Entry(serial: [2, 2])],
                    }
            },
            {
                "entries_are_ordered_and_single",
                order =>
                    order with
                    {
                        Entries = [RevocationLists.Entry(serial: [2, 3]), RevocationLists.Entry(serial: [2, 2])],
                    }
            },
        };

    [Theory]
    [MemberData(nameof(BrokenOrders), DisableDiscoveryEnumeration = true)]
    public void Sign_BrokenOrder_IsRefusedByName(string lint, Func<RevocationListOrder, RevocationListOrder> broken)
    {
        using var authority = new TestAuthority();

        var result = RevocationListSigning.Sign(broken(RevocationLists.Order(authority)), authority.Key);

        result.Refusal!.Code.ShouldBe(CaErrorCodes.CrlLintFailed);
        result.Refusal.Message.ShouldContain(lint);
    }

    [Fact]
    public void Lints_ListOfAnotherOrder_FindsEveryDifference()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority(KeyAlgorithm.EcdsaP384);
        var list = RevocationLists.Sign(other, RevocationLists.Order(other));

        var findings = RevocationListLints.Run(
            list,
            RevocationLists.Order(authority, RevocationLists.Entry()) with
            {
                DistributionPoint = "https://identity.test/v1/crl/ca_x/4.crl",
            }
        );

        findings.ShouldContain("signature_algorithms_agree");
        findings.ShouldContain("authority_key_identifier_is_issuers");
        findings.ShouldContain("distribution_point_is_critical_and_one");
        findings.ShouldContain("entries_are_all_there");
    }

    [Fact]
    public void Sign_ShardOfTheLargestDesign_StaysBelowItsBudget()
    {
        using var authority = new TestAuthority();
        // 1,000,000 revocations in 1024 lists: 977 each, and some more by chance.
        var entries = Enumerable.Range(0, 1200).Select(_ => RevocationLists.Entry()).ToArray();

        RevocationLists
            .Sign(authority, RevocationLists.Order(authority, entries))
            .Encoded.Length.ShouldBeLessThan(100_000);
    }

    [Fact]
    public void TryParse_EveryTruncationAndTrailingByte_IsNull()
    {
        using var authority = new TestAuthority();
        var encoded = RevocationLists
            .Sign(authority, RevocationLists.Order(authority, RevocationLists.Entry()))
            .Encoded.ToArray();

        for (var length = 0; length < encoded.Length; length++)
        {
            ParsedRevocationList.TryParse(encoded.AsMemory(0, length)).ShouldBeNull();
        }

        ParsedRevocationList.TryParse(encoded.Append((byte)0).ToArray()).ShouldBeNull();
    }

    [Fact]
    public void TryParse_EveryFlippedByte_IsNullOrALintOrABadSignature()
    {
        using var authority = new TestAuthority();
        var order = RevocationLists.Order(authority, RevocationLists.Entry());
        var encoded = RevocationLists.Sign(authority, order).Encoded.ToArray();

        for (var at = 0; at < encoded.Length; at++)
        {
            var broken = encoded.ToArray();
            broken[at] ^= 0x01;
            var read = ParsedRevocationList.TryParse(broken);
            (
                read is null
                || RevocationListLints.Run(read, order).Count > 0
                || !read.IsSignedBy(authority.Key.PublicKey)
            ).ShouldBeTrue(at.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void TryParse_EmptySequenceOfEntries_IsNull()
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteNull();
        }

        ParsedRevocationList.TryParse(writer.Encode()).ShouldBeNull();
    }

    [Theory]
    [InlineData("01000000ab", 1, 0)]
    [InlineData("0100000fff", 16, 15)]
    [InlineData("01000012cd", 4096, 0x2cd)]
    public void ShardOf_SerialNumber_IsItsLowBits(string serial, int count, int shard)
    {
        RevocationShards.GetShard(serial, count).ShouldBe(shard);
        RevocationShards.GetShard(Convert.FromHexString(serial), count).ShouldBe(shard);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(4096, true)]
    [InlineData(8192, false)]
    public void IsCount_PowersOfTwoUpToTheMost(int count, bool valid) =>
        RevocationShards.IsCount(count).ShouldBe(valid);
}
