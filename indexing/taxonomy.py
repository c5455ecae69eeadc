"""The topics and formats of web pages that WebOrganizer tells apart, and other spellings of them.

Names and order: CodeCreator/WebOrganizer, commit 87b50f38, define_domains/taxonomies/topics.yaml, and the card of
WebOrganizer/FormatClassifier.
"""

from __future__ import annotations

TOPICS = (
    "Adult Content", "Art & Design", "Software Development", "Crime & Law", "Education & Jobs",
    "Electronics & Hardware", "Entertainment", "Social Life", "Fashion & Beauty", "Finance & Business",
    "Food & Dining", "Games", "Health", "History & Geography", "Home & Hobbies", "Industrial", "Literature", "Politics",
    "Religion", "Science, Math & Technology", "Software", "Sports & Fitness", "Transportation", "Travel & Tourism",
)  # fmt: skip
FORMATS = (
    "Academic Writing", "Content Listing", "Creative Writing", "Customer Support", "Comment Section", "FAQ",
    "Truncated", "Knowledge Article", "Legal Notices", "Listicle", "News Article", "Nonfiction Writing",
    "About (Org.)", "News (Org.)", "About (Pers.)", "Personal Blog", "Product Page", "Q&A Forum", "Spam / Ads",
    "Structured Data", "Documentation", "Audio Transcript", "Tutorial", "User Review",
)  # fmt: skip

#: Shorter names that WebOrganizer's own website gives them.
SPELLINGS = {
    "Adult": "Adult Content",
    "Software Dev.": "Software Development",
    "Hardware": "Electronics & Hardware",
    "History": "History & Geography",
    "Science & Tech.": "Science, Math & Technology",
    "Travel": "Travel & Tourism",
    "Support": "Customer Support",
    "Legal": "Legal Notices",
    "Q&A": "Q&A Forum",
    "Docs.": "Documentation",
}
