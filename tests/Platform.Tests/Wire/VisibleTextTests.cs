using Culvert.Platform.Wire;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Wire;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Größe: 12 €, 日本", "Größe: 12 €, 日本")]
    [InlineData("pay\u202eyap", "pay\\u202eyap")]
    [InlineData("a\u200bb\u00adc\ufeff", "a\\u200bb\\u00adc\\ufeff")]
    [InlineData("a\u00a0b\u3000c", "a\\u00a0b\\u3000c")]
    [InlineData("a\nb\tc\0", "a\\u000ab\\u0009c\\u0000")]
    [InlineData("a\u2028b\ue000", "a\\u2028b\\ue000")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    [InlineData("\\u202e", "\\u202e")]
    public void Escape_WritesOutWhatCannotBeSeen(string text, string shown) => VisibleText.Escape(text).ShouldBe(shown);

    // Default_Ignorable_Code_Point of DerivedCoreProperties.txt, Unicode 16.
    public static TheoryData<int, int> DefaultIgnorable =>
        new()
        {
            { 0x00AD, 0x00AD },
            { 0x034F, 0x034F },
            { 0x061C, 0x061C },
            { 0x115F, 0x1160 },
            { 0x17B4, 0x17B5 },
            { 0x180B, 0x180F },
            { 0x200B, 0x200F },
            { 0x202A, 0x202E },
            { 0x2060, 0x206F },
            { 0x3164, 0x3164 },
            { 0xFE00, 0xFE0F },
            { 0xFEFF, 0xFEFF },
            { 0xFFA0, 0xFFA0 },
            { 0xFFF0, 0xFFF8 },
            { 0x1BCA0, 0x1BCA3 },
            { 0x1D173, 0x1D17A },
            { 0xE0000, 0xE0FFF },
        };

    [Theory]
    [MemberData(nameof(DefaultIgnorable))]
    public void Escape_EveryCharacterThatIsIgnoredByDefault_IsWrittenOut(int first, int last) =>
        Enumerable
            .Range(first, last - first + 1)
            .Select(char.ConvertFromUtf32)
            .Where(character => !VisibleText.Escape($"ops{character}").StartsWith("ops\\u", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Theory]
    [InlineData(0x2800)] // the Braille pattern without dots
    [InlineData(0x16FE4)] // the filler of the Khitan script
    [InlineData(0x1D159)] // a note without a head
    [InlineData(0x00A0)]
    [InlineData(0x1680)]
    [InlineData(0x2003)]
    [InlineData(0x202F)]
    [InlineData(0x205F)]
    [InlineData(0x3000)]
    public void Escape_WhatIsDrawnEmpty_IsWrittenOut(int value) =>
        VisibleText.Escape($"ops{char.ConvertFromUtf32(value)}").ShouldStartWith("ops\\u");
}
