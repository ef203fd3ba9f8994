using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers.Masks;

/// <summary>What remains of a whole value.</summary>
public sealed class MaskFormsTests
{
    [Theory]
    [InlineData("alice@example.com", "a***@example.com")]
    [InlineData("a@example.com", "a***@example.com")]
    [InlineData("alice.b+tag@mail.example.co.uk", "a***@mail.example.co.uk")]
    [InlineData("jörg@bücher.example", "j***@bücher.example")]
    [InlineData("\U0001F600x@example.com", "\U0001F600***@example.com")]
    [InlineData("alice@xn--bcher-kva.xn--p1ai", "a***@xn--bcher-kva.xn--p1ai")]
    [InlineData("alice", "***")]
    [InlineData("@example.com", "***")]
    [InlineData("alice@localhost", "***")]
    [InlineData("alice@1.2.3", "***")]
    [InlineData("alice@example..com", "***")]
    [InlineData("alice@example.com bob@example.com", "***")]
    [InlineData("alice@bob@example.com", "***")]
    [InlineData("Alice <alice@example.com>", "***")]
    [InlineData("", "***")]
    public void Email_KeepsTheFirstCharacterAndTheDomain(string value, string masked) =>
        Mask(MaskForm.Email, value).ShouldBe(masked);

    [Theory]
    [InlineData("+49 30 1234567", "+** ** *****67")]
    [InlineData("(555) 123-4567", "(***) ***-**67")]
    [InlineData("0301234567", "********67")]
    [InlineData("030/123 45-67", "***/*** **-67")]
    [InlineData("1234567", "*****67")]
    [InlineData("123456", "***")]
    [InlineData("123456789012345678", "***")]
    [InlineData("+49 30 1234567 ext. 5", "***")]
    [InlineData("49+301234567", "***")]
    [InlineData("\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "***")]
    [InlineData("", "***")]
    public void Phone_KeepsTwoDigitsAndTheSeparators(string value, string masked) =>
        Mask(MaskForm.Phone, value).ShouldBe(masked);

    [Theory]
    [InlineData("DE89370400440532013000", "DE** **** 3000")]
    [InlineData("DE89 3704 0044 0532 0130 00", "DE** **** 3000")]
    [InlineData("de89-3704-0044-0532-0130-00", "DE** **** 3000")]
    [InlineData("NO9386011117947", "NO** **** 7947")]
    [InlineData("MT84MALT011000012345MTLCAST001S", "MT** **** 001S")]
    [InlineData("FR1420041010050500013M02606", "FR** **** 2606")]
    [InlineData("DE88370400440532013000", "***")] // another check digit
    [InlineData("DE8937040044053201300", "***")]
    [InlineData("DE893704004405320130000", "***")]
    [InlineData("ZZ89370400440532013000", "***")]
    [InlineData("DE89  370400440532013000", "***")]
    [InlineData("DE", "***")]
    [InlineData("", "***")]
    public void Iban_KeepsTheCountryAndFourCharacters(string value, string masked) =>
        Mask(MaskForm.Iban, value).ShouldBe(masked);

    [Theory]
    [InlineData("4111111111111111", "**** 1111")]
    [InlineData("4111 1111 1111 1111", "**** 1111")]
    [InlineData("3782-822463-10005", "**** 0005")]
    [InlineData("4222222222222", "**** 2222")]
    [InlineData("4000000000000000006", "**** 0006")]
    [InlineData("4111111111111112", "***")] // another check digit
    [InlineData("411111111111", "***")]
    [InlineData("41111111111111111111", "***")]
    [InlineData("4111  1111 1111 1111", "***")]
    [InlineData("4111111111111111 ", "***")]
    [InlineData("", "***")]
    public void Card_KeepsFourDigits(string value, string masked) => Mask(MaskForm.Card, value).ShouldBe(masked);

    [Theory]
    [InlineData("12345678", "****5678")]
    [InlineData("a very long value", "****alue")]
    [InlineData("1234567", "****")]
    [InlineData("1234", "****")]
    [InlineData("", "****")]
    [InlineData("\U0001F600\U0001F601\U0001F602\U0001F603", "****")] // four characters of two units each
    [InlineData("1234567\U0001F600", "****567\U0001F600")]
    public void Last4_KeepsFourCharactersOfEight(string value, string masked) =>
        Mask(MaskForm.Last4, value).ShouldBe(masked);

    [Fact]
    public void Hash_IsTheBeginningOfTheKeyedDigest()
    {
        // RFC 4231 §4.3
        MaskForms.Mask(MaskForm.Hash, "what do ya want for nothing?", "Jefe"u8).ShouldBe("h:W9zBRr9gdU5qBCQmCJV1xw");
        MaskForms.Mask(MaskForm.Hash, "what do ya want for nothing?", "jefe"u8).ShouldNotBe("h:W9zBRr9gdU5qBCQmCJV1xw");
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("")]
    public void Text_KeepsNothing(string value) => Mask(MaskForm.Text, value).ShouldBe("***");

    [Fact]
    public void Names_AreThoseOfTheForms()
    {
        foreach (var form in Enum.GetValues<MaskForm>())
        {
            MaskForms.Find($"{form}".ToLowerInvariant()).ShouldBe(form);
        }

        MaskForms.Names.Length.ShouldBe(Enum.GetValues<MaskForm>().Length);
        MaskForms.Find("Email").ShouldBeNull();
    }

    private static string Mask(MaskForm form, string value) => MaskForms.Mask(form, value, "key"u8);
}
