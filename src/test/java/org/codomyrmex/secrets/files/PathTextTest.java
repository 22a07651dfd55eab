// SPDX-License-Identifier: Apache-2.0
package org.codomyrmex.secrets.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.codomyrmex.secrets.Canary;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
                    ~|begins with ~
                    ~/%s|begins with ~
                    ~root/%s|begins with ~
                    "/%s"|quotation mark
                    '/%s'|quotation mark
                    '/%s|quotation mark
                    /%s"|quotation mark
                    `%s`|quotation mark
                    \u201c%s\u201d|quotation mark
                     /%s|white space
                    /%s |white space
                    /%s\\n|white space
                    \\t/%s|white space
                    /%s\u00a0|white space
                    \ufeff/%s|white space
                    ^ ^|white space
                    ${HOME}/%s|variable
                    /%s/${user.home}|variable
                    /%s/${|variable
                    $HOME/%s|variable
                    $(pwd)/%s|variable
                    %USERPROFILE%/%s|variable
                    file:/%s|URL
                    file:///%s|URL
                    FILE:%s|URL
                    classpath:%s|URL
                    https://example.org/%s|URL
                    https:/example.org/%s|URL
                    /%s/\ufffd|could not be decoded in the locale
                    """)
    void namesWhatIsOddAndNothingElse(String text, String words) {
        String path = text.replace("%s", Canary.MARK).replace("\\n", "\n").replace("\\t", "\t");
        assertThat(PathText.oddity(path))
                .hasValueSatisfying(odd -> assertThat(odd).contains(words).doesNotContain(Canary.MARK));
    }

    /** A path drops the second of two slashes, and must be refused all the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/secrets.key", "https://example.org/secrets.key", "~/secrets.key/", "secrets.key /"})
    void seesInAPathWhatItSeesInItsText(String text) {
        assertThat(PathText.oddity(Path.of(text).toString())).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secrets.key",
                "./secrets.key",
                "../a b/secrets.key",
                "/etc/app~/~secrets.key",
                "/etc/o'hara/secrets.key",
                "/etc/\u00fc/\u0441\u0435\u043a\u0440\u0435\u0442",
                "/etc/50%/100%.key",
                "/etc/$app/secrets.key",
                "/etc/a:b/secrets.key",
                "C:\\Users\\app\\secrets.key",
                "C:/Users/app/secrets.key",
                "a:b",
                "profile:b"
            })
    void takesWhatIsMeantAsItStands(String text) {
        assertThat(PathText.oddity(text)).isEmpty();
    }
}
